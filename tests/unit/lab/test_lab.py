"""The notebooks as a person uses them: copies, messages, links, and a server that nobody else can reach."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from needs_assessment.errors import EnvironmentFault, UsageError
from needs_assessment.lab import server
from needs_assessment.lab.copies import refresh_copies
from needs_assessment.lab.guard import Blank, Guard, Refusal, guarded
from needs_assessment.lab.links import RUN_FILES, Links, links_of
from needs_assessment.lab.server import LEFT_OUT, POLICY, leave_out
from needs_assessment.resources import PROJECT_VARIABLE, notebooks_dir, project_dir

ROOT = Path(__file__).parents[3]


# --- copies


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    folder = tmp_path / "shipped"
    folder.mkdir()
    for name in ("a.ipynb", "b.ipynb"):
        write(folder / name, "area = 1")
    (folder / "a.md").write_text("twin")
    return folder


def write(file: Path, source: str, **metadata: Any) -> None:
    cell = {"cell_type": "code", "id": "x", "metadata": {}, "outputs": [], "execution_count": None}
    content = {
        "cells": [{**cell, "source": [source]}],
        "metadata": {"jupytext": {"formats": "ipynb,md"}, **metadata},
    }
    file.write_text(json.dumps({**content, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8")


def change(file: Path, source: str | None = None, **cell: Any) -> None:
    content = json.loads(file.read_text(encoding="utf-8"))
    content["cells"][0].update(cell)
    if source is not None:
        content["cells"][0]["source"] = source
    file.write_text(json.dumps(content), encoding="utf-8")


def source_of(file: Path) -> str:
    return "".join(json.loads(file.read_text(encoding="utf-8"))["cells"][0]["source"])


def test_every_notebook_is_copied_without_its_pairing(shipped: Path, tmp_path: Path) -> None:
    copies = refresh_copies(shipped, tmp_path / "outputs" / "notebooks")
    assert sorted(path.name for path in copies.folder.iterdir()) == ["a.ipynb", "b.ipynb"]
    assert copies.notes == ()
    content = json.loads((copies.folder / "a.ipynb").read_text(encoding="utf-8"))
    assert "jupytext" not in content["metadata"]
    assert source_of(copies.folder / "a.ipynb") == "area = 1"


def test_a_changed_copy_stays_as_it_is(shipped: Path, tmp_path: Path) -> None:
    folder = refresh_copies(shipped, tmp_path / "copies").folder
    change(folder / "a.ipynb", "area = 2")
    before = (folder / "a.ipynb").read_bytes()
    assert refresh_copies(shipped, folder).notes == ()
    assert (folder / "a.ipynb").read_bytes() == before


def test_after_an_update_a_copy_that_was_only_run_is_replaced(shipped: Path, tmp_path: Path) -> None:
    folder = refresh_copies(shipped, tmp_path / "copies").folder
    change(folder / "a.ipynb", outputs=[{"output_type": "stream", "name": "stdout", "text": "1"}])
    write(shipped / "a.ipynb", "area = 3")
    assert refresh_copies(shipped, folder).notes == ()
    assert source_of(folder / "a.ipynb") == "area = 3"
    assert len(list(folder.iterdir())) == 2


def test_after_an_update_a_changed_copy_is_kept_and_the_new_one_offered(
    shipped: Path, tmp_path: Path
) -> None:
    folder = refresh_copies(shipped, tmp_path / "copies").folder
    change(folder / "a.ipynb", "area = 2")
    write(shipped / "a.ipynb", "area = 3")
    (note,) = refresh_copies(shipped, folder).notes
    assert "a-2.ipynb" in note
    assert "kept" in note
    assert source_of(folder / "a.ipynb") == "area = 2"
    assert source_of(folder / "a-2.ipynb") == "area = 3"
    # at the next start all is as it should be, also when the new one was changed in its turn
    change(folder / "a-2.ipynb", "area = 33")
    assert refresh_copies(shipped, folder).notes == ()
    write(shipped / "a.ipynb", "area = 4")
    (note,) = refresh_copies(shipped, folder).notes
    assert "a-3.ipynb" in note
    assert [source_of(folder / f"a{end}.ipynb") for end in ("", "-2", "-3")] == [
        "area = 2",
        "area = 33",
        "area = 4",
    ]


@pytest.mark.parametrize("text", ["not a notebook", "[]", '{"metadata": {}}', ""])
def test_a_file_of_somebodys_own_under_the_name_is_kept(text: str, shipped: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()
    (folder / "a.ipynb").write_text(text, encoding="utf-8")
    assert len(refresh_copies(shipped, folder).notes) == 1
    assert (folder / "a.ipynb").read_text(encoding="utf-8") == text
    assert source_of(folder / "a-2.ipynb") == "area = 1"


def test_the_copies_lie_outside_version_control() -> None:
    copies = [f"outputs/notebooks/{path.name}" for path in notebooks_dir().glob("*.ipynb")]
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    done = subprocess.run(
        ["git", "check-ignore", *copies], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert sorted(done.stdout.split()) == sorted(copies)


# --- errors


class Outputs:
    """Stands for what a notebook asks its sections of."""

    number = 7

    def say(self, name: str) -> str:
        return f"said {name}"

    def bad(self) -> None:
        raise UsageError("no <such> thing", action="take another")

    def full(self) -> None:
        raise OSError(28, "No space left on device", "x.csv")

    def broken(self) -> None:
        raise ZeroDivisionError

    def publish(self) -> str:
        return "published"


def refused() -> Outputs:
    raise UsageError("no such choice")


def test_a_guard_hands_on_what_is_well() -> None:
    guard = Guard(Outputs)
    assert (guard.say("x"), guard.number, guard.publish()) == ("said x", 7, "published")
    with pytest.raises(AttributeError):
        guard.absent  # noqa: B018


def test_the_message_is_shown_where_it_arises_and_at_the_end_and_nowhere_between() -> None:
    guard = Guard(refused)
    first, second, last = guard.about(), guard.table("x"), guard.publish()
    assert isinstance(first, Refusal)
    assert "no such choice" in repr(first)
    assert isinstance(second, Blank)
    assert isinstance(second(), Blank)
    assert isinstance(guard.frame, Blank)
    assert isinstance(last, Refusal)
    assert repr(last).startswith("Nothing was written.")
    assert isinstance(guard.finish(), Refusal)


def test_an_error_in_a_later_section_stops_what_follows() -> None:
    guard = Guard(Outputs)
    assert guard.say("x") == "said x"
    assert isinstance(guard.bad(), Refusal)
    assert isinstance(guard.say("x"), Blank)
    shown = guard.publish()._repr_html_()
    assert "no &lt;such&gt; thing" in shown
    assert "what to do: take another" in shown
    assert 'role="alert"' in shown


def test_a_fault_of_the_computer_has_words_and_one_of_the_library_is_raised() -> None:
    assert "No space left on device" in repr(Guard(Outputs).full())
    with pytest.raises(ZeroDivisionError):
        Guard(Outputs).broken()


def test_nothing_is_hidden_from_a_program() -> None:
    """Without a front end the error is raised, as papermill and scripts need it."""
    assert isinstance(guarded(Outputs), Outputs)
    with pytest.raises(UsageError):
        guarded(refused)


@pytest.mark.parametrize(
    ("metadata", "watched"), [({"cellId": "a1"}, True), ({}, False), ({"cellId": ""}, False)]
)
def test_a_person_is_known_by_the_cells_id(
    metadata: dict[str, str], watched: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Shell:
        def get_parent(self) -> dict[str, Any]:
            return {"metadata": metadata}

    monkeypatch.setattr("IPython.core.getipython.get_ipython", Shell)
    assert isinstance(guarded(Outputs), Guard) is watched


def test_an_error_that_is_raised_in_a_notebook_shows_its_message_alone() -> None:
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell()
    shown: list[str] = []
    shell._showtraceback = lambda kind, error, lines: shown.extend(lines)  # type: ignore[method-assign]
    shell.run_cell(
        "from needs_assessment import UsageError\nraise UsageError('no such thing', action='take another')"
    )
    assert shown == ["no such thing", "  what to do: take another"]


# --- links


def test_links_are_relative_to_the_notebook_and_open_where_they_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, folder = tmp_path / "outputs" / "notebooks", tmp_path / "outputs" / "E06 00" / "first"
    here.mkdir(parents=True)
    folder.mkdir(parents=True)
    for name in ("tables.xlsx", "commissioning_paper.pdf"):
        (folder / name).write_text("x")
    monkeypatch.chdir(here)
    links = links_of(folder, tmp_path, RUN_FILES, note="a < b")
    shown = links._repr_html_()
    assert '<a href="../E06%2000/first/tables.xlsx" download>' in shown
    assert '<a href="../E06%2000/first/commissioning_paper.pdf">' in shown
    assert "docx" not in shown
    assert "a &lt; b" in shown
    assert "Written to outputs/E06 00/first" in shown
    assert str(tmp_path) not in shown
    assert repr(links).splitlines()[-1] == "a < b"


def test_a_folder_outside_the_project_is_named_and_not_linked(tmp_path: Path) -> None:
    project, folder = tmp_path / "project", tmp_path / "elsewhere"
    project.mkdir()
    folder.mkdir()
    (folder / "tables.xlsx").write_text("x")
    shown = links_of(folder, project, RUN_FILES)._repr_html_()
    assert "<a " not in shown
    assert str(folder) in shown
    assert "tables.xlsx" in shown


def test_links_of_the_runs_own_folder_need_no_path() -> None:
    assert '<a href="a.pdf">' in Links("E/run", "", [("a.pdf", "Paper")])._repr_html_()


# --- the server


def test_the_page_leaves_out_what_asks_other_machines() -> None:
    page = leave_out(
        None, {"disabledExtensions": ["x"], "fullMathjaxUrl": "https://cdn.example/m.js", "a": 1}
    )
    assert page == {"disabledExtensions": sorted([*LEFT_OUT, "x"]), "fullMathjaxUrl": "", "a": 1}


def test_the_policy_names_no_machine_but_the_server_itself() -> None:
    allowed = {word for rule in POLICY.split("; ") for word in rule.split()[1:]}
    assert allowed == {"'self'", "'unsafe-inline'", "'unsafe-eval'", "data:", "blob:"}
    assert POLICY.startswith("default-src 'self'")


@pytest.fixture
def start(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Start a server in a process of its own and print what came out; it does not serve."""
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from needs_assessment.cli import _run\n"
        "from needs_assessment.lab import server\n"
        "def tell(made):\n"
        "    lab = made.extension_manager.extension_apps['jupyterlab']\n"
        "    lab = next(iter(lab))\n"
        "    print('made', made.ip, Path(made.root_dir).name, lab.news_url, lab.extension_manager,\n"
        "          lab.check_for_updates_class.__name__, made.extension_manager.extensions['jupyterlab_jupytext'].enabled)\n"
        "server.serve = tell\n"
        "sys.exit(_run(['lab', '--no-browser', *sys.argv[1:]]))\n"
    )

    def call(*options: str, settings: str = "") -> subprocess.CompletedProcess[str]:
        project = tmp_path / "project"
        project.mkdir(exist_ok=True)
        home = tmp_path / "home"
        home.mkdir(exist_ok=True)
        (home / "jupyter_server_config.py").write_text(settings, encoding="utf-8")
        environment = {
            **os.environ,
            "JUPYTER_CONFIG_DIR": str(home),
            PROJECT_VARIABLE: str(project),
            "PYTHONPATH": str(ROOT),
        }
        return subprocess.run(
            [sys.executable, "-c", code, *options],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return call


@pytest.mark.parametrize(
    ("system", "user", "allowed"), [("linux", 0, True), ("linux", 1000, False), ("win32", 0, False)]
)
def test_an_administrator_needs_no_option_of_their_own(
    system: str, user: int, allowed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(os, "geteuid", lambda: user, raising=False)
    assert ("--allow-root" in server.server_options(Path("project"), "/lab")) is allowed


@pytest.mark.slow
def test_the_server_is_for_this_machine_whatever_a_persons_own_settings_say(
    start: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    done = start(
        settings="c.ServerApp.ip = '0.0.0.0'\nc.LabApp.news_url = 'https://news.example/feed'\n"
        "c.ServerApp.tornado_settings = {'headers': {'Content-Security-Policy': ''}}\n"
        "c.ServerApp.root_dir = '/'\nc.LabApp.extension_manager = 'pypi'\n"
    )
    assert done.returncode == 0, done.stderr
    assert "made 127.0.0.1 project None readonly NeverCheckForUpdate False" in done.stdout
    assert "http://127.0.0.1:" in done.stdout
    assert "?token=" in done.stdout
    assert len(list((tmp_path / "project" / "outputs" / "notebooks").glob("*.ipynb"))) == 4


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "settings", "code", "words"),
    [
        (["--IdentityProvider.token="], "", 2, "neither token nor password"),
        (["--ip=0.0.0.0"], "", 4, "did not start"),
        (["--ServerApp.tornado_settings={}"], "", 2, "from elsewhere"),
    ],
)
def test_a_server_that_is_open_to_others_is_not_started(
    options: list[str],
    settings: str,
    code: int,
    words: str,
    start: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    done = start(*options, settings=settings)
    assert done.returncode == code, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert "made" not in done.stdout


def test_the_projects_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PROJECT_VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    assert project_dir() == ROOT
    monkeypatch.setenv(PROJECT_VARIABLE, str(tmp_path))
    assert project_dir() == tmp_path
    monkeypatch.delenv(PROJECT_VARIABLE)
    monkeypatch.setattr("needs_assessment.resources._PACKAGE", tmp_path / "site" / "needs_assessment")
    assert project_dir() == tmp_path


def test_a_server_that_gives_up_is_told_in_words() -> None:
    from needs_assessment.lab.server import serve

    class GivesUp:
        code: int | None = 1

        def start(self) -> None:
            sys.exit(self.code)

    with pytest.raises(EnvironmentFault, match="did not start"):
        serve(GivesUp())  # type: ignore[arg-type]
    GivesUp.code = 0
    serve(GivesUp())  # type: ignore[arg-type]
