"""README.md tells the truth: its bot is in the game, its settings exist, its links lead somewhere."""

import json
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from server.config import Config
from tests.instruments.served import ROOT, served

README = (ROOT / "README.md").read_text()
BOT = re.search(r"```python\n(.*?)```", README, re.DOTALL)
JOIN_S_MAX = 60.0


def test_the_bot_joins_and_is_short(tmp_path: Path) -> None:
    assert BOT is not None
    program = BOT[1]
    assert len(program.splitlines()) < 20
    with served() as server:
        file = tmp_path / "ada.py"
        file.write_text(program.replace("ws://127.0.0.1:8000/play", server.play_url))
        bot = subprocess.Popen([sys.executable, str(file)], env={"PYTHONPATH": str(ROOT)})
        try:
            end = time.monotonic() + JOIN_S_MAX
            while players(server.page_url) == 0:
                assert bot.poll() is None, "the bot has ended"
                assert time.monotonic() < end, "the bot doesn't join"
                time.sleep(0.05)
        finally:
            bot.kill()
            bot.wait()


def players(page_url: str) -> int:
    with urllib.request.urlopen(f"{page_url}api/rooms") as answer:
        return sum(room["players"] for room in json.load(answer))


def test_every_setting_is_there() -> None:
    table = README[README.index("| flag |") : README.index("One port serves")]
    flags = {flag.replace("-", "_") for flag in re.findall(r"--([a-z][a-z-]*)", table)}
    assert flags == set(Config.model_fields)


def test_links_lead_somewhere() -> None:
    targets = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []
