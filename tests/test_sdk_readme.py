"""assets/sdk/README.md tells the truth: its page passes the strictest TypeScript, outside of this tree; its links lead
somewhere, and what it names is there."""

import json
import re
import shutil
import subprocess
from pathlib import Path

from bench.contestants.node_runtime import node
from tests.instruments.served import ROOT

SDK = ROOT / "assets" / "sdk"
MODULES = ROOT / "assets" / "node_modules"
README = (SDK / "README.md").read_text("utf-8")
STRICT = (
    *("strict", "noUncheckedIndexedAccess", "exactOptionalPropertyTypes", "noImplicitOverride", "noUnusedLocals"),
    *("noPropertyAccessFromIndexSignature", "noUnusedParameters", "verbatimModuleSyntax", "erasableSyntaxOnly"),
    *("noUncheckedSideEffectImports", "isolatedModules", "noEmit"),
)


def test_its_page_passes_as_part_of_a_project_of_somebody_else(tmp_path: Path) -> None:
    snippet = re.search(r"```ts\n(.*?)```", README, re.DOTALL)
    lib = re.search(r'`"lib": (\[.*?\])`', README)
    assert snippet
    assert lib
    inside = tmp_path / "node_modules"
    shutil.copytree(SDK / "src", inside / "@ricochet" / "sdk" / "src")
    shutil.copy(SDK / "package.json", inside / "@ricochet" / "sdk")
    for needed in json.loads((SDK / "package.json").read_text())["dependencies"]:
        (inside / needed).parent.mkdir(exist_ok=True)
        (inside / needed).symlink_to(MODULES / needed)
    options = {"target": "ES2023", "module": "ESNext", "moduleResolution": "bundler", "lib": json.loads(lib[1])}
    settings = {"compilerOptions": {**options, **dict.fromkeys(STRICT, True)}, "files": ["page.ts"]}
    (tmp_path / "tsconfig.json").write_text(json.dumps(settings))
    drawn = "\nfunction drawSomething(...what: [string, number, number, number]) { console.log(what); }\n"
    (tmp_path / "page.ts").write_text(snippet[1] + drawn)
    program = node()
    assert program, "make installs a Node"
    compiler = MODULES / "typescript" / "bin" / "tsc"
    said = subprocess.run([program, str(compiler)], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (said.stdout, said.returncode) == ("", 0)


def test_its_links_lead_somewhere() -> None:
    targets = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    assert targets
    assert [target for target in targets if not (SDK / target).exists()] == []


def test_the_package_is_called_as_it_is_packed() -> None:
    package = json.loads((SDK / "package.json").read_text())
    packed = f"{package['name'].removeprefix('@').replace('/', '-')}-{package['version']}.tgz"
    assert packed in README
