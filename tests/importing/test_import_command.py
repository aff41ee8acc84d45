"""What a person who types `acuerdo import` gets to read."""

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from acuerdo_cli.embedded.ports import choose

MAPPINGS = Path(__file__).parents[2] / "mappings"
PAGE = Path(__file__).parents[2] / "docs" / "import.md"
COMPLAINTS = (
    "fecha_ingreso,estado,proveedor_top,tipo_servicio,problema_clasificado,motivo_reclamacion,estado_procesal,dias_resolucion\n"
    "2022-01-03,Jalisco,IZZI,TV,Facturación,ERROR,CONCILIADA,17.0\n"
    "2022-01-03,Jalisco,IZZI,TV,Facturación,ERROR,CONCILIADA,17.0\n"
    "2022-01-04,Jalisco,TELCEL,TV,Facturación,ERROR,NO CONCILIADA,3.0\n"
    "2022-01-05,Jalisco,TELCEL,TV,Facturación,ERROR,DESISTIMIENTO,0.0\n"
    "2022-01-06,Jalisco,TELCEL,TV,Facturación,ERROR,OLVIDADA,5.0\n"
)


def _acuerdo(folder: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("acuerdo"), "import", *map(str, arguments)]
    alone = {"ACUERDO_HOME": str(folder / ".acuerdo"), "PYTHONUTF8": "1", "COLUMNS": "200"}
    return subprocess.run(
        command, cwd=folder, env=alone, capture_output=True, text=True, encoding="utf-8", check=False, timeout=120
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "complaints.csv"
    path.write_text(COMPLAINTS)
    misspelt = (MAPPINGS / "profeco.toml").read_text().replace('column = "estado"', 'column = "estadoo"')
    path.with_name("misspelt.toml").write_text(misspelt)
    return path


def test_a_dry_run_counts_by_company_and_touches_nothing(file: Path) -> None:
    done = _acuerdo(file.parent, file, "--mapping", MAPPINGS / "profeco.toml", "--dry-run", "--json")
    said = json.loads(done.stdout)
    assert done.returncode == 0
    assert (said["rows"], said["rejected_rows"]) == (5, 1)
    assert said["totals"] == {
        "cases": 4, "rounds": 5, "hand_offs": 0, "closed": 2, "open": 2, "in_work": 1, "awaiting_feedback": 0,
        "parked": 1, "reopened_cases": 1,
    }  # fmt: skip
    assert {name: counts["cases"] for name, counts in said["companies"].items()} == {"IZZI": 2, "TELCEL": 2}
    assert sorted(path.name for path in file.parent.iterdir()) == ["complaints.csv", "misspelt.toml"]


def test_a_dry_run_writes_the_rejects_where_it_is_told_to(file: Path) -> None:
    rejects = file.with_name("not-understood.csv")
    _acuerdo(file.parent, file, "--mapping", MAPPINGS / "profeco.toml", "--dry-run", "--rejects", rejects)
    assert rejects.read_text().splitlines() == ["line,reason", "6,no rule says what estado_procesal 'OLVIDADA' means"]


def test_a_row_with_more_than_the_services_take_is_rejected_by_its_line_in_a_dry_run_too(file: Path) -> None:
    long = COMPLAINTS.splitlines()[1].replace("Jalisco", "x" * 100_000)
    nul = COMPLAINTS.splitlines()[1].replace("IZZI", "IZ\0ZI")
    file.write_text(f"{COMPLAINTS}{long}\n{nul}\n")
    rejects = file.with_name("not-understood.csv")
    done = _acuerdo(file.parent, file, "--mapping", MAPPINGS / "profeco.toml", "--dry-run", "--rejects", rejects)
    assert done.returncode == 0
    assert rejects.read_text().splitlines()[2:] == [
        "7,the region has 100000 characters; at most 200 are taken",
        "8,it holds the NUL character",
    ]


def test_without_json_the_numbers_are_a_table_and_the_first_rows_not_understood_are_told(file: Path) -> None:
    file.write_text(COMPLAINTS + (COMPLAINTS.splitlines()[-1] + "\n") * 6)
    done = _acuerdo(file.parent, file, "--mapping", MAPPINGS / "profeco.toml", "--dry-run")
    assert "TELCEL" in done.stdout
    assert "11 rows, 7 rejected\n  line 6: no rule says what estado_procesal 'OLVIDADA' means\n" in done.stdout
    assert "  and 2 more; --rejects PATH writes all of them down\n" in done.stdout


@pytest.mark.parametrize("rejects", [[], ["--rejects", "why.csv"]], ids=["nowhere", "written"])
def test_a_file_of_which_no_case_is_understood_is_refused_with_the_first_reason(file: Path, rejects: list[str]) -> None:
    header, *_, last = COMPLAINTS.splitlines()
    file.write_text(f"{header}\n{last}\n{last}\n")
    done = _acuerdo(file.parent, file, "--mapping", MAPPINGS / "profeco.toml", "--dry-run", *rejects)
    assert done.returncode == 2
    assert "no case was understood, for example line 2: no rule says what estado_procesal 'OLVIDADA'" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    if rejects:
        assert "(2 such rows: why.csv)" in done.stderr
        assert len((file.parent / "why.csv").read_text().splitlines()) == 3


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["absent.csv", "--mapping", str(MAPPINGS / "profeco.toml"), "--dry-run"], "absent.csv: no such file"),
        (["complaints.csv", "--mapping", "absent.toml"], "absent.toml: no such file"),
        (["complaints.csv", "--mapping", str(MAPPINGS / "bpi2013.toml"), "--dry-run"], "mapping is for another file"),
        (["complaints.csv", "--mapping", str(MAPPINGS / "profeco.toml")], "there is no deployment in "),
        (["absent.csv", "--mapping", str(MAPPINGS / "profeco.toml")], "absent.csv: no such file"),
        (["complaints.xlsx", "--mapping", str(MAPPINGS / "profeco.toml")], "only .csv, .ndjson"),
        (["complaints.csv", "--mapping", "misspelt.toml", "--dry-run"], "no column 'estadoo'; is 'estado' meant?"),
        (["complaints.csv", "--mapping", str(MAPPINGS / "profeco.toml"), "--agreement", "7"], "--operator-token twice"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_code_two(file: Path, arguments: list[str], says: str) -> None:
    done = _acuerdo(file.parent, *arguments)
    assert done.returncode == 2
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_services_that_are_down_are_told_in_one_line(file: Path) -> None:
    token = file.with_name("operator.jwt")
    token.write_text("a.b.c")
    port = choose()
    services = ("agreement", "touchpoints", "solver-teams", "feedback-loop")
    addresses = [part for service in services for part in ("--address", f"{service}=http://127.0.0.1:{port}")]
    tokens = ["--operator-token", str(token), "--operator-token", str(token)]
    done = _acuerdo(file.parent, file, "--mapping", MAPPINGS / "profeco.toml", "--agreement", "7", *tokens, *addresses)
    assert done.returncode == 2
    assert f"agreement does not answer at http://127.0.0.1:{port}" in done.stderr


def test_a_file_with_another_delimiter_is_told_so(file: Path) -> None:
    file.write_text(COMPLAINTS.replace(",", ";"))
    done = _acuerdo(file.parent, file, "--mapping", MAPPINGS / "profeco.toml", "--dry-run")
    assert done.returncode == 2
    assert done.stderr.endswith("; is the delimiter ';' ([source] delimiter)?\n")
    assert len(done.stderr.splitlines()) == 1


def test_a_file_that_is_not_utf8_is_told_how_to_become_so(file: Path) -> None:
    file.write_bytes((COMPLAINTS + "2022-01-03,Jalisco,IZZI,TV,Servicio,ERROR,CONCILIADA,17.0\n").encode("latin-1"))
    done = _acuerdo(file.parent, file, "--mapping", MAPPINGS / "profeco.toml", "--dry-run")
    assert done.returncode == 0
    assert done.stderr.startswith("acuerdo: beware: 5 rows are not UTF-8 and are left out.")
    assert "iconv -f WINDOWS-1252 -t UTF-8 complaints.csv" in done.stderr


def test_all_that_is_wrong_with_a_mapping_is_one_line(file: Path) -> None:
    mapping = file.with_name("empty.toml")
    mapping.write_text('shape = "event"\n[time]\ncolumn = "when"\nzone = "Moon"\n')
    done = _acuerdo(file.parent, file, "--mapping", mapping, "--dry-run")
    assert done.returncode == 2
    for entry in ("provenance", "shape", "time.zone", "case", "rows", "agreement"):
        assert f" {entry}: " in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_the_smallest_mapping_of_the_page_is_whole(file: Path) -> None:
    mapping = file.with_name("smallest.toml")
    mapping.write_text(PAGE.read_text().partition("```toml\n")[2].partition("```")[0])
    file.write_text("when,ticket,company,team,service,subject,status\n2024-01-02T10:00:00,1,a,a1,fibre,dead,open\n")
    done = _acuerdo(file.parent, file, "--mapping", mapping, "--dry-run", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["totals"]["in_work"] == 1


def test_stopped_by_the_person_who_waits_it_says_that_the_same_command_goes_on(file: Path) -> None:
    token = file.with_name("operator.jwt")
    token.write_text("a.b.c")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        services = ("agreement", "touchpoints", "solver-teams", "feedback-loop")
        addresses = [part for service in services for part in ("--address", f"{service}={url}")]
        tokens = ["--operator-token", str(token), "--operator-token", str(token)]
        arguments = [str(file), "--mapping", str(MAPPINGS / "profeco.toml"), "--agreement", "7", *tokens, *addresses]
        signal.signal(
            signal.SIGINT, signal.default_int_handler
        )  # what runs in the background ignores it, and so would we
        importing = subprocess.Popen(
            [Path(sys.executable).with_name("acuerdo"), "import", *arguments], stderr=subprocess.PIPE, text=True
        )
        silent.settimeout(60)
        asked, _ = silent.accept()
        with asked:
            asked.recv(1)
            importing.send_signal(signal.SIGINT)
            said = importing.communicate(timeout=60)[1]
    assert importing.returncode == 130
    assert said.split("\n", 1)[0] == "acuerdo: stopped; what was sent stays, and the same command goes on"
    assert "Traceback" not in said
