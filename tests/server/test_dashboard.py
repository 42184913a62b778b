"""The dashboard over HTTP: who gets in, what is noted, and what a page does with hostile work."""

from __future__ import annotations

import io
import json
import os
import re
import sqlite3
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.command import foretrace, foretrace_json
from tests.courses import (
    Served,
    consent_lines,
    make_course,
    segment,
    served,
)
from tests.dashboards import Dashboard, signed_in
from tests.forensics import found_in

from foretrace_server.collect.enrolment import Enrolments
from foretrace_server.collect.looks import Look, Looks, What
from foretrace_server.collect.pages.answers import POLICY
from foretrace_server.collect.pages.codes import VALID_SECONDS, Codes
from foretrace_telemetry.events import Edited, Opened, RunFinished, Saved
from foretrace_telemetry.home import Home
from foretrace_telemetry.lineage import exports_of
from foretrace_telemetry.store import Store

STUDENTS = 40
PAGES = ("/", "/assignments", "/sections", "/students", "/exports", "/looks", "/help")
HOSTILE = "</script><img src=x onerror=alert(1)>\u202egnp\x1b[2J{{ 7 * 7 }}\n" + "x" * 5000 + "\n"
URI = "file:///home/x/%3Cscript%3Ealert(1)%3C%2Fscript%3E.py"


@pytest.fixture(scope="module")
def allowed(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    return consent_lines(tmp_path_factory.mktemp("laptop"))


@pytest.fixture(scope="module")
def running(
    tmp_path_factory: pytest.TempPathFactory, allowed: tuple[str, ...]
) -> Iterator[tuple[Served, dict[str, str]]]:
    """A course with work of many; each test looks at a student of its own."""
    students = [f"student {number}" for number in range(STUDENTS)]
    course, tokens = make_course(tmp_path_factory.mktemp("course") / "c", *students)
    with served(course) as server:
        for student in students:
            work = segment(
                allowed,
                Opened(HOSTILE, "python"),
                Edited(0, "", "y"),
                RunFinished(1, error_type="<b>Name</b>Error", line=1),
                Edited(1, "", "𝄞"),
                Saved(),
                uri=URI,
            )
            assert server.push(tokens[student], work).status == 200
        yield server, tokens


@pytest.fixture
def server(running: tuple[Served, dict[str, str]]) -> Served:
    return running[0]


@pytest.fixture
def token(running: tuple[Served, dict[str, str]]) -> str:
    """The token of a student whom no other test looks at."""
    return running[1].popitem()[1]


@pytest.fixture
def subject(server: Served, token: str) -> str:
    enrolment = Enrolments(server.course).of_token(token)
    assert enrolment is not None
    return enrolment.subject


@pytest.fixture
def dashboard(server: Served) -> Dashboard:
    return signed_in(server)


def replay_of(dashboard: Dashboard, subject: str) -> str:
    """Return the address of the only session of a student who is open."""
    page = dashboard.get(f"/students/{subject}")
    (path,) = set(re.findall(rf"/students/{subject}/\w+", page.text))
    return str(path)


@pytest.mark.parametrize("path", [*PAGES, "/students/s0", "/students/s0/x", "/assignments/x"])
def test_who_did_not_sign_in_sees_nothing(server: Served, token: str, path: str) -> None:
    for headers in ({}, {"Authorization": f"Bearer {token}"}, {"Cookie": f"foretrace={token}"}):
        answer = Dashboard(server).ask("GET", path, headers=headers)
        assert (answer.status, answer.headers["location"]) == (303, "/sign-in")
        assert answer.raw == b""


def test_a_code_lets_in_once_and_its_cookie_stays_with_the_browser(server: Served) -> None:
    code = Codes(server.course).make()
    first = Dashboard(server).post("/sign-in", code=code)
    assert (first.status, first.headers["location"]) == (303, "/")
    cookie = first.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
    assert "Max-Age" in cookie
    again = Dashboard(server).post("/sign-in", code=code)
    assert again.status == 403
    assert "set-cookie" not in again.headers
    signed = Dashboard(server, cookie.partition(";")[0])
    assert signed.get("/").status == 200
    assert signed.post("/sign-out").status == 303
    assert signed.ask("GET", "/").headers["location"] == "/sign-in"


def test_a_code_may_be_written_as_one_likes(server: Served) -> None:
    code = Codes(server.course).make()
    typed = f" {code.upper().replace('-', ' ')} "
    assert Dashboard(server).post("/sign-in", code=typed).status == 303


def test_an_old_code_is_worth_nothing(tmp_path: Path) -> None:
    course, _ = make_course(tmp_path / "c", "ada")
    codes = Codes(course)
    code = codes.make()
    (file,) = (course.home.path / "codes").iterdir()
    old = time.time() - VALID_SECONDS - 1
    os.utime(file, (old, old))
    assert not codes.take(code)
    assert code.replace("-", "") not in file.name
    for wrong in ("", "..", "../course.json", "\0", "é", "\ud800"):
        assert not codes.take(wrong)


def test_over_tls_the_cookie_goes_over_tls_only(tmp_path: Path) -> None:
    course, _ = make_course(tmp_path / "c", "ada")
    with served(course, "--behind-proxy") as server:
        answer = Dashboard(server).post("/sign-in", code=Codes(course).make())
    assert answer.headers["set-cookie"].startswith("__Host-foretrace=")
    assert "Secure" in answer.headers["set-cookie"].split("; ")


def test_who_tries_codes_has_to_wait(tmp_path: Path) -> None:
    course, _ = make_course(tmp_path / "c", "ada")
    with served(course) as server:
        tried = [Dashboard(server).post("/sign-in", code="wrong").status for _ in range(11)]
        assert tried == [403] * 10 + [429]
        # Behind a proxy who tries and who has a code come from one address.
        assert Dashboard(server).post("/sign-in", code=Codes(course).make()).status == 303


@pytest.mark.parametrize("path", [*PAGES, "/sign-in", "/nothing", "/static/pages.css"])
def test_every_answer_lets_nothing_else_in(dashboard: Dashboard, path: str) -> None:
    page = dashboard.get(path)
    assert page.headers["content-security-policy"] == POLICY
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["cache-control"] == "no-store"
    assert not re.search(r"""(?:src|href)=["']?(?:https?:|//)""", page.text)
    assert not re.search(r"<[^>]*\s(?:style|on\w+)=", page.text)


@pytest.mark.parametrize(
    ("headers", "form_token"),
    [
        ({}, "wrong"),
        ({}, ""),
        ({"Sec-Fetch-Site": "cross-site"}, None),
        ({"Content-Type": "text/plain"}, None),
    ],
)
def test_a_form_of_another_page_does_nothing(
    server: Served,
    dashboard: Dashboard,
    subject: str,
    headers: dict[str, str],
    form_token: str | None,
) -> None:
    forged = {} if form_token is None else {"form_token": form_token}
    answer = dashboard.post(f"/students/{subject}", headers, purpose="to look", **forged)
    assert answer.status == 400
    assert Looks(server.course).of(subject) == []


def test_opening_a_student_asks_what_for_and_is_told_to_them(
    server: Served, dashboard: Dashboard, subject: str, token: str
) -> None:
    closed = dashboard.get(f"/students/{subject}")
    assert "Open" in closed.words
    assert "Sessions" not in closed.words
    refused = dashboard.post(f"/students/{subject}", purpose="  ")
    assert refused.status == 400
    assert "what you open it for" in refused.words
    assert server.ask("GET", "/v1/looks", token).content == {"looks": []}
    opened = dashboard.open(subject, "to <b>help</b>  with 'loops'")
    assert "Sessions" in opened.words
    assert "to <b>help</b> with 'loops'" in opened.words
    (look,) = server.ask("GET", "/v1/looks", token).content["looks"]
    assert (look["what"], look["purpose"]) == ("page", "to <b>help</b> with 'loops'")
    assert set(look) == {"looked_wall_us", "what", "purpose", "session"}
    path = replay_of(dashboard, subject)
    assert dashboard.get(path).status == 200
    assert dashboard.get(f"{path}?step=2").status == 200
    replayed, _ = server.ask("GET", "/v1/looks", token).content["looks"]
    assert (replayed["what"], replayed["session"]) == ("replay", "s-1")
    assert "the replay of a session" in dashboard.get("/looks").words


def test_a_session_of_a_student_who_is_not_open_is_not_shown(
    server: Served, dashboard: Dashboard, subject: str
) -> None:
    dashboard.open(subject)
    answer = signed_in(server).get(replay_of(dashboard, subject))
    assert (answer.status, answer.headers["location"]) == (303, f"/students/{subject}")


def test_who_stands_where_is_noted_for_everybody_who_is_shown(
    server: Served, dashboard: Dashboard, subject: str
) -> None:
    (path,) = set(re.findall(r"/assignments/\w+", dashboard.get("/assignments").text))
    assert subject not in dashboard.get(path).text
    assert subject not in dashboard.get(f"{path}/students").text
    assert dashboard.post(f"{path}/students", purpose="to plan the lab").status == 303
    assert subject in dashboard.get(f"{path}/students").text
    assert f"{STUDENTS} students their progress in an assignment" in dashboard.get("/looks").words
    newest, *_ = Looks(server.course).of(subject)
    assert (newest.what, newest.purpose) == (What.PROGRESS, "to plan the lab")


def test_hostile_work_is_text_on_every_page(dashboard: Dashboard, subject: str) -> None:
    dashboard.open(subject)
    (assignment,) = set(re.findall(r"/assignments/\w+", dashboard.get("/assignments").text))
    replay = replay_of(dashboard, subject)
    for path in (*PAGES, assignment, f"/students/{subject}", replay, f"{replay}?step=99"):
        page = dashboard.get(path)
        assert page.status == 200, path
        assert "<script>alert" not in page.text
        assert "<img" not in page.text
        assert "<b>Name" not in page.text
        assert not {"\u202e", "\x1b"} & set(page.text)
    shown = dashboard.get(f"{replay}?step=99")
    assert "</script><img src=x onerror=alert(1)> U+202E gnp U+001B [2J{{ 7 * 7 }}" in shown.words
    assert "… 4,000 more" in shown.words
    assert "<b>Name</b>Error" in dashboard.get(assignment).words


def test_a_replay_goes_from_the_first_text_to_the_last(dashboard: Dashboard, subject: str) -> None:
    dashboard.open(subject)
    path = replay_of(dashboard, subject)
    words = [dashboard.get(f"{path}?step={step}").words for step in (1, 2, 3, 4, 5)]
    assert "Step 1 of 5" in words[0]
    assert "typed 'y'" in words[1] or "changed 'y'" in words[1]
    assert "y</script>" in words[1]
    assert "ran: <b>Name</b>Error in line 1" in words[2]
    assert "y𝄞</script>" in words[3]
    assert "y𝄞</script>" in words[4]
    for odd in ("?step=0", "?step=-1", "?step=x", "?step=" + "9" * 30, "?step=%00"):
        assert "Step " in dashboard.get(path + odd).words
    assert "Step 2 of 5" in dashboard.get(f"{path}?event=2").words
    assert "Step 4 of 5" in dashboard.get(f"{path}?event=4").words
    assert dashboard.get(f"{path}?event=99").status == 404
    assert dashboard.get(f"{path}?document=7").status == 404


@pytest.mark.parametrize(
    "path", ["/nothing", "/students/nobody", "/assignments/x", "/static/../site.py", "/static/x"]
)
def test_what_is_not_there_is_a_page_that_says_so(dashboard: Dashboard, path: str) -> None:
    page = dashboard.get(path)
    assert page.status == 404
    assert "There is no such page" in page.words


@pytest.mark.parametrize("form", ["csv", "progsnap2"])
def test_an_export_comes_with_its_report_and_is_told_to_everybody_in_it(
    server: Served, dashboard: Dashboard, subject: str, form: str
) -> None:
    dashboard.get("/exports")
    page = dashboard.post("/exports", purpose="a study of loops", format=form)
    assert page.status == 200
    assert page.headers["content-disposition"].endswith(f'-{form}.zip"')
    with zipfile.ZipFile(io.BytesIO(page.raw)) as archive:
        (report,) = [name for name in archive.namelist() if name.endswith("integrity.json")]
        told = json.loads(archive.read(report))
        assert told["exact"]
        assert len(told["sessions"]) == STUDENTS
        assert any(name.endswith((".csv", "MainTable.csv")) for name in archive.namelist())
    newest, *_ = Looks(server.course).of(subject)
    assert (newest.what, newest.purpose) == (What.EXPORT, "a study of loops")
    assert form in dashboard.get("/exports").words
    with closing(Store.read(server.course.home)) as store:
        *_, made = exports_of(store.db, set(store.names()))
    assert made.path.startswith("a download from the dashboard (programming-1-")


def test_an_export_without_a_purpose_or_in_no_format_is_not_made(
    server: Served, dashboard: Dashboard, subject: str
) -> None:
    dashboard.get("/exports")
    before = Looks(server.course).of(subject)
    assert dashboard.post("/exports", format="csv").status == 400
    assert dashboard.post("/exports", format="bundle", purpose="a study").status == 400
    assert Looks(server.course).of(subject) == before


def test_who_begins_while_the_page_of_progress_is_open_is_noted_as_well(
    tmp_path: Path, allowed: tuple[str, ...]
) -> None:
    course, tokens = make_course(tmp_path / "c", *"abcdef")
    work = segment(allowed, Opened("x = 1\n"), Edited(0, "", "y"), Saved(), uri=URI)
    late = Enrolments(course).of_token(tokens["f"])
    assert late is not None
    with served(course) as server:
        for student in "abcde":
            server.push(tokens[student], work)
        dashboard = signed_in(server)
        (path,) = set(re.findall(r"/assignments/\w+", dashboard.get("/assignments").text))
        dashboard.get(f"{path}/students")
        dashboard.post(f"{path}/students", purpose="to see who needs help")
        server.push(tokens["f"], work)
        deadline = time.monotonic() + 60
        while late.subject not in dashboard.get(f"{path}/students").text:
            assert time.monotonic() < deadline
            time.sleep(0.5)
        dashboard.get(f"{path}/students")
    (look,) = Looks(course).of(late.subject)
    assert look.purpose == "to see who needs help"


def test_who_withdraws_takes_what_was_noted_of_them_along(
    tmp_path: Path, allowed: tuple[str, ...]
) -> None:
    course, tokens = make_course(tmp_path / "c", *"abcdef")
    with served(course) as server:
        for token in tokens.values():
            server.push(token, segment(allowed, Opened("x = 1\n"), Saved()))
        dashboard = signed_in(server)
        subject, other = (Enrolments(course).of_token(tokens[each]) for each in "ab")
        assert subject is not None
        assert other is not None
        for number in range(40):
            dashboard.open(other.subject, f"to help for the {number}th time")
            dashboard.open(subject.subject, f"what only they know, part {number}")
        assert found_in(course.home.path, {"what only they know, part 20"})
        assert server.ask("POST", "/v1/withdraw", tokens["a"]).status == 200
        assert server.ask("GET", "/v1/looks", tokens["a"]).content == {"looks": []}
        assert len(server.ask("GET", "/v1/looks", tokens["b"]).content["looks"]) == 40
        assert dashboard.get(f"/students/{subject.subject}").status == 404
        assert dashboard.post(f"/students/{subject.subject}", purpose="once more").status == 404
    purposes = {f"what only they know, part {number}" for number in range(40)}
    assert found_in(course.home.path, purposes) == set()


def test_bytes_that_could_not_be_erased_at_once_are_erased_the_next_time(tmp_path: Path) -> None:
    course, _ = make_course(tmp_path / "c")
    looks = Looks(course)
    looks.note([Look(1, f"s{number % 2}", What.PAGE, f"part {number}") for number in range(400)])
    with closing(sqlite3.connect(course.home.path / "looks.db")) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM looks").fetchone()
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            looks.forget("s1")
    looks.forget("s1")
    with closing(sqlite3.connect(course.home.path / "looks.db")) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (0,)
        assert db.execute("PRAGMA freelist_count").fetchone() == (0,)
    assert looks.of("s1") == []


def test_what_was_noted_cannot_be_changed(
    server: Served, dashboard: Dashboard, subject: str
) -> None:
    dashboard.open(subject)
    with (
        closing(sqlite3.connect(server.course.home.path / "looks.db")) as db,
        pytest.raises(sqlite3.IntegrityError, match="never changed"),
    ):
        db.execute("UPDATE looks SET purpose = 'another'")


def test_what_cannot_be_noted_is_not_shown(tmp_path: Path, allowed: tuple[str, ...]) -> None:
    course, tokens = make_course(tmp_path / "c", "ada")
    (course.home.path / "looks.db").mkdir()
    with served(course) as server:
        server.push(tokens["ada"], segment(allowed, Opened("x = 1\n")))
        dashboard = signed_in(server)
        subject = Enrolments(course).of_token(tokens["ada"])
        assert subject is not None
        dashboard.get(f"/students/{subject.subject}")
        assert dashboard.post(f"/students/{subject.subject}", purpose="to help").status == 503
        assert "Sessions" not in dashboard.get(f"/students/{subject.subject}").words


def test_a_course_without_anything_has_all_its_pages(tmp_path: Path) -> None:
    course, _ = make_course(tmp_path / "c", "ada")
    with served(course) as server:
        dashboard = signed_in(server)
        assert [dashboard.get(path).status for path in PAGES] == [200] * len(PAGES)
        assert "Nothing was sent yet" in dashboard.get("/").words
        dashboard.get("/exports")
        empty = dashboard.post("/exports", purpose="a study", format="csv")
        assert (empty.status, "nothing to export" in empty.words) == (404, True)


def test_the_command_makes_a_link_that_lets_in_once(home: Home) -> None:
    foretrace(home, "collect", "init", "A")
    address = "https://course.example.org"
    made = foretrace_json(home, "collect", "dashboard", "--address", f"{address}/")
    assert made["link"] == f"{address}/sign-in?code={made['code']}"
    told = foretrace(home, "collect", "dashboard")
    assert told.stdout.startswith("http://127.0.0.1:8742/sign-in?code=")
    assert made["code"] not in told.stdout
    wrong = foretrace(home, "collect", "dashboard", "--address", "http://course.example.org")
    assert (wrong.returncode, "https://" in wrong.stderr) == (2, True)
