"""The client speaks of every operation that a service has, as its OpenAPI document names it."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from acuerdo_client import AcuerdoClient, Addresses, AsyncAcuerdoClient

ROOT = Path(__file__).parents[2]
SERVICES = ("agreement", "touchpoints", "solver-teams", "feedback-loop")


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_client", ROOT / "libs" / "client" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_has_a_method_of_its_name(generate: ModuleType, service: str) -> None:
    document = generate.document_of(service)
    names = {
        generate.snake(operation["operationId"])
        for path in document["paths"].values()
        for operation in path.values()
        if "operationId" in operation
    }
    attribute = service.replace("-", "_")
    for client in (AcuerdoClient(Addresses()), AsyncAcuerdoClient(Addresses())):
        methods = {name for name in dir(getattr(client, attribute)) if not name.startswith("_")}
        assert not names - methods, "run: python libs/client/generate.py"
        assert {name for name in methods - names if not name.startswith("every_")} == set()


@pytest.mark.parametrize("service", SERVICES)
def test_the_modules_are_those_that_the_documents_give(generate: ModuleType, service: str, tmp_path: Path) -> None:
    name = f"{service.replace('-', '_')}.py"
    fresh = tmp_path / name
    fresh.write_text(generate.module(service, generate.document_of(service)))
    generate.tidy([fresh])
    shipped = ROOT / "libs" / "client" / "src" / "acuerdo_client" / name
    assert fresh.read_text() == shipped.read_text(), "run: python libs/client/generate.py"


def test_the_client_needs_nothing_of_the_services_to_be_imported() -> None:
    seen = "import sys, acuerdo_client; print(*{name.split('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", seen], capture_output=True, text=True, check=True)
    assert not {"common", "pydantic", "fastapi"} & set(done.stdout.split())
