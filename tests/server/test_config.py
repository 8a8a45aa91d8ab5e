"""Settings: which source wins, and the sentence for each thing that can be wrong with one."""

from pathlib import Path
from typing import Any

import pytest

from protocol.errors import UserError
from protocol.ticks import Rates
from server.config import Config, load


@pytest.fixture(autouse=True)
def _somewhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings file of whoever runs the tests, nor their environment."""
    monkeypatch.chdir(tmp_path)
    for key in Config.model_fields:
        monkeypatch.delenv(f"RICOCHET_{key.upper()}", raising=False)


def write(text: str, name: str = "ricochet.toml") -> Path:
    path = Path(name)
    path.write_text(text, "utf-8")
    return path


def refused(config_file: Path | None = None, **flags: Any) -> str:
    with pytest.raises(UserError) as error:
        load(flags, config_file)
    sentence = str(error.value)
    assert "\n" not in sentence
    return sentence


def test_defaults_hold_together() -> None:
    config = load({})
    assert (config.host, config.port, config.game, config.map) == ("127.0.0.1", 8000, "melee", None)
    assert config.rates == Rates(60, 30)


def test_flags_win_over_environment_over_file_over_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    write('port = 1\nbots = 1\nmap = "belt"\n')
    monkeypatch.setenv("RICOCHET_PORT", "2")
    monkeypatch.setenv("RICOCHET_BOTS", "2")
    config = load({"port": 3})
    assert (config.port, config.bots, config.map, config.game) == (3, 2, "belt", "melee")


def test_a_named_file_is_read_in_place_of_the_usual_one() -> None:
    write("port = 1")
    assert load({}, write("port = 2", "other.toml")).port == 2


def test_origins_are_a_list_in_the_file_and_a_line_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    write('origins = ["http://a", "http://b"]')
    assert load({}).origins == ("http://a", "http://b")
    monkeypatch.setenv("RICOCHET_ORIGINS", "http://c, http://d")
    assert load({}).origins == ("http://c", "http://d")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("prot = 1", ("prot", "ricochet.toml", "port")),
        ("xyzzy = 1", ("xyzzy", "ricochet.toml")),
        ('port = "many"', ("port", "ricochet.toml", "integer")),
        ("port = 70000", ("port", "ricochet.toml", "65535")),
        ("tick_rate = 60\nsnapshot_rate = 25", ("tick_rate", "snapshot_rate")),
        ('tls_cert = "a.pem"', ("tls_cert", "tls_key")),
        ('auth = "jwt"', ("auth", "jwt_keys", "jwt_secret")),
        ('auth = "password"', ("auth", "'guest' or 'jwt'", "ricochet.toml")),
        ('jwt_keys = "a"\njwt_secret = "b"', ("jwt_keys", "jwt_secret")),
        ('jwt_secret = "missing"', ("missing",)),
        ('jwt_keys = "http://game.example/jwks.json"', ("jwt_keys", "https")),
        ('origins = ["game.example"]', ("origins", "https://example.com", "game.example")),
        ('trusted_proxies = ["proxy.example"]', ("trusted_proxies", "proxy.example")),
        ('trusted_proxies = ["10.0.0.1/8"]', ("trusted_proxies", "host bits")),
        ('forwarded_by = "both"', ("forwarded_by", "'x-forwarded' or 'forwarded'")),
        ('lane = "slow"', ("lane", "'fast' or 'plain'", "ricochet.toml")),
        ("port = true", ("port", "ricochet.toml", "it can't be true")),
        ("match_s = false", ("match_s", "it can't be false")),
        ('state_dir = ""', ("state_dir", "ricochet.toml", "empty")),
        ("port = = 1", ("ricochet.toml", "TOML")),
        ("\xff", ("ricochet.toml",)),
    ],
)
def test_a_fault_in_the_file_is_named_with_its_key_and_place(text: str, names: tuple[str, ...]) -> None:
    write(text)
    sentence = refused()
    assert all(name in sentence for name in names), sentence


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ({"origins": "friend"}, "--origins: an origin is like https://example.com, not 'friend'"),
        ({"trusted_proxies": "me"}, "--trusted-proxies: 'me' does not appear to be an IPv4 or IPv6 network"),
        ({"public_url": "here"}, "--public-url: a public address is like https://a.game.example, not 'here'"),
    ],
)
def test_a_sentence_of_our_own_is_left_as_it_is(setting: dict[str, str], sentence: str) -> None:
    assert refused(None, **setting) == sentence


def test_a_fault_in_a_flag_is_named_like_the_flag() -> None:
    assert "--tick-rate" in refused(tick_rate=0)


def test_a_fault_in_the_environment_is_named_like_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RICOCHET_MATCH_S", "soon")
    assert "RICOCHET_MATCH_S" in refused()


@pytest.mark.parametrize("key", ["state_dir", "replay_dir", "map", "jwt_audience", "directory", "tls_cert"])
def test_what_is_empty_is_named(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """`RICOCHET_STATE_DIR=$STATE` where nothing has set that: it would be the working directory."""
    variable = f"RICOCHET_{key.upper()}"
    monkeypatch.setenv(variable, "")
    assert refused() == f"{variable}: it is empty; leave it out where there is to be none"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("RICOCHET_PROT", "RICOCHET_PORT"),
        ("RICOCHET_TICKRATE", "RICOCHET_TICK_RATE"),
        ("RICOCHET_STATE", "RICOCHET_STATE_DIR"),
        ("ricochet_jwt_secrets", "RICOCHET_JWT_SECRET"),
    ],
)
def test_a_misspelt_variable_is_not_passed_over(name: str, meant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "1")
    assert refused() == f"{name}: there is no such setting; did you mean {meant}?"


def test_variables_that_are_somebody_elses_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RICOCHET_TOKEN", "of a bot's")
    monkeypatch.setenv("RICOCHET_ADMIN_URL", "http://127.0.0.1")
    monkeypatch.setenv("RICOCHET_VERSION", "of an image's")
    monkeypatch.setenv("RICOCHET_SERVICE_HOST", "10.0.0.1")
    monkeypatch.setenv("RICOCHET_PROCESSES_PORT", "tcp://10.0.0.1:8000")
    assert load({}).model_dump() == Config().model_dump()


def test_a_named_file_must_be_there() -> None:
    assert "missing.toml" in refused(Path("missing.toml"))


def test_a_certificate_must_be_there() -> None:
    assert "cert.pem" in refused(tls_cert="cert.pem", tls_key="key.pem")


def test_origins_are_kept_as_browsers_write_them() -> None:
    assert load({"origins": "HTTPS://Friend.example:443/, *"}).origins == ("https://friend.example", "*")


def test_proxies_are_addresses_and_networks() -> None:
    assert load({"trusted_proxies": "127.0.0.1, 10.0.0.0/8, ::1"}).trusted_proxies == ("127.0.0.1", "10.0.0.0/8", "::1")


def test_keys_may_come_from_here_in_the_clear() -> None:
    assert load({"jwt_keys": "http://127.0.0.1:9/keys"}).jwt_keys == "http://127.0.0.1:9/keys"


def test_with_a_directory_players_must_be_able_to_find_the_process() -> None:
    with pytest.raises(UserError, match="public_url says where"):
        load({"directory": "redis://127.0.0.1", "host": "0.0.0.0"})
    with pytest.raises(UserError, match="--public-url: "):
        load({"public_url": "a.game.example"})
    load({"directory": "redis://127.0.0.1", "host": "0.0.0.0", "public_url": "https://a.game.example"})


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"directory": None}, "directory = redis://127.0.0.1, or processes = 1"),
        ({"public_url": "https://game.example"}, "{n} or {port} has to be in it"),
        ({"port": 65535}, "from port = 65535 on there are not as many as processes = 2"),
        ({"state_dir": "state"}, "share standings in PostgreSQL"),
        ({"standings_url": "sqlite:///standings.db"}, "share standings in PostgreSQL"),
        ({"processes": 65}, "--processes: "),
        ({"processes": 1, "public_url": "https://game.example/{n}"}, "only with processes"),
    ],
)
def test_many_processes_need_what_they_share(settings: dict[str, Any], sentence: str) -> None:
    assert sentence in refused(**{"processes": 2, "directory": "redis://127.0.0.1", **settings})


@pytest.mark.parametrize(
    "url",
    ["https://a:99999", "https://a:port", "https://a/?x=1", "https://a/#x", "https://me@a", "ftp://a", "https://:80"],
)
def test_a_public_address_can_be_gone_to(url: str) -> None:
    assert refused(public_url=url) == f"--public-url: a public address is like https://a.game.example, not {url!r}"


def test_many_processes_are_set_like_everything_else(monkeypatch: pytest.MonkeyPatch) -> None:
    write('processes = 4\ndirectory = "redis://127.0.0.1"\nstate_dir = "state"\nstandings_url = "off"\n')
    assert load({}).processes == 4
    monkeypatch.setenv("RICOCHET_PROCESSES", "3")
    assert load({}).processes == 3
    assert load({"public_url": "https://game.example/{n}", "processes": 2, "host": ""}).processes == 2
