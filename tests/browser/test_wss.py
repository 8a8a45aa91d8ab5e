"""A game over TLS, in a real Chromium, whose certificate is replaced in the middle of it.

Chromium believes in no authority of ours; it is told the one key that it may accept without one
(`--ignore-certificate-errors-spki-list`, RFC 7469, 2.4). Whether the chain holds is asked with Python's own TLS, which
does believe in it.
"""

import socket
import ssl
import time
import urllib.request
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_pem_x509_certificate

from tests.browser.page import DESKTOP, opened, probe, wait_for
from tests.instruments.proxies import write_certificate
from tests.instruments.served import Served, served

pytestmark = pytest.mark.browser
HOST = "127.0.0.1"
TAKEN_S_MAX = 60.0


def pin_of(cert: trustme.LeafCert) -> str:
    key = load_pem_x509_certificate(cert.cert_chain_pems[0].bytes()).public_key()
    return b64encode(sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()).decode()


def serial_of(server: Served, trust: ssl.SSLContext) -> str:
    """Of the certificate that a new handshake shows."""
    with (
        socket.create_connection((HOST, server.port), 60.0) as plain,
        trust.wrap_socket(plain, server_hostname=HOST) as encrypted,
    ):
        shown = encrypted.getpeercert()
        assert shown
        return str(shown["serialNumber"])


def test_a_person_plays_over_tls_while_the_certificate_is_replaced(chromium_path: Path, tmp_path: Path) -> None:
    authority, trust = trustme.CA(), ssl.create_default_context()
    authority.configure_trust(trust)
    first = authority.issue_cert(HOST)
    cert, key = write_certificate(first, tmp_path)
    with served("--tls-cert", str(cert), "--tls-key", str(key), "--seed", "3") as server:
        flags = [f"--ignore-certificate-errors-spki-list={pin_of(first)}"]
        url = f"{server.page_url}?name=Ada&autojoin=1"
        with opened(chromium_path, url, DESKTOP, flags=flags) as page:
            wait_for(page, "r.state === 'playing' && r.ack > 0")
            assert page.evaluate("location.protocol") == "https:"
            with urllib.request.urlopen(f"{server.page_url}healthz", context=trust) as answer:
                assert answer.headers["Strict-Transport-Security"]
            before = serial_of(server, trust)
            write_certificate(authority.issue_cert(HOST), tmp_path)
            end_s = time.monotonic() + TAKEN_S_MAX
            while serial_of(server, trust) == before:
                assert time.monotonic() < end_s
                time.sleep(0.1)
            ack = probe(page)["ack"]
            wait_for(page, f"r.ack > {ack}")
            assert probe(page)["state"] == "playing"
            assert probe(page)["counters"]["connections"] == 1
            assert probe(page)["checksum_mismatches"] == 0


def test_a_browser_that_does_not_know_the_key_does_not_play(chromium_path: Path, tmp_path: Path) -> None:
    cert, key = write_certificate(trustme.CA().issue_cert(HOST), tmp_path)
    with (
        served("--tls-cert", str(cert), "--tls-key", str(key)) as server,
        opened(chromium_path, "about:blank", DESKTOP) as page,
        pytest.raises(Exception, match="ERR_CERT_AUTHORITY_INVALID"),
    ):
        page.goto(server.page_url)
