"""Writes the client's resource classes from the services' OpenAPI documents: one method per operation, typed.

Run after a route has changed:  python libs/client/generate.py
"""
# ruff: noqa: INP001  a script beside the package, not part of it

import keyword
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from common.running import feed
from common.web.app import create_app

SERVICES = ("agreement", "touchpoints", "solver-teams", "feedback-loop")
FOLDER = Path(__file__).parent / "src" / "acuerdo_client"
METHODS = ("get", "post", "put", "patch", "delete")
HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
TAKEN = {"key", "version", "self", "lines", "limits"}

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One argument of a method: *name* in Python, *wire* in the request."""

    name: str
    wire: str
    type: str
    required: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation of a service."""

    name: str
    method: str
    path: str
    says: str
    path_parameters: tuple[Parameter, ...]
    query: tuple[Parameter, ...]
    body: tuple[Parameter, ...]
    whole_body: str | None
    takes_version: bool
    needs_version: bool
    answer: str
    item: str | None
    is_batch: bool


def snake(name: str) -> str:
    """Return an operation id or a name as a Python name."""
    plain = HUMP.sub("_", name).lower().replace("-", "_")
    return plain + "_" if keyword.iskeyword(plain) or plain in TAKEN else plain


def class_name(name: str) -> str:
    """Return a schema's name as a class name."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", name))


def type_of(schema: Schema) -> str:
    """Return the Python type that *schema* describes."""
    if "$ref" in schema:
        return class_name(schema["$ref"].rsplit("/", 1)[1])
    if "const" in schema:
        return f"Literal[{schema['const']!r}]"
    if "enum" in schema:
        return f"Literal[{', '.join(map(repr, schema['enum']))}]"
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return " | ".join(dict.fromkeys(type_of(one) for one in schema[several]))
    if len(schema.get("allOf", ())) == 1:
        return type_of(schema["allOf"][0])
    return _simple(schema)


def _simple(schema: Schema) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        return " | ".join(type_of({**schema, "type": one}) for one in kind)
    if "prefixItems" in schema:
        return f"tuple[{', '.join(type_of(one) for one in schema['prefixItems'])}]"
    if kind == "array":
        return f"list[{type_of(schema.get('items', {}))}]"
    if kind == "object":
        values = schema.get("additionalProperties")
        return f"dict[str, {type_of(values) if isinstance(values, dict) else 'Any'}]"
    return PLAIN.get(str(kind), "Any")


def argument_type(schema: Schema) -> str:
    """Return the type of an argument: ids and times may be given as themselves."""
    if schema.get("format") == "uuid":
        return "UUID | str"
    if schema.get("format") == "date-time":
        return "datetime | str"
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(argument_type(one) for one in schema["anyOf"]))
    return type_of(schema)


class Document:
    """One service's OpenAPI document."""

    def __init__(self, document: Schema) -> None:
        self._document = document
        self.schemas: Mapping[str, Schema] = document.get("components", {}).get("schemas", {})

    def operations(self) -> Iterator[Operation]:
        """Yield the operations, in the document's order."""
        for path, item in self._document["paths"].items():
            for method in METHODS:
                if method in item:
                    yield self._operation(path, method, item[method])

    def _operation(self, path: str, method: str, told: Schema) -> Operation:
        parameters = list({(one["in"], one["name"]): one for one in told.get("parameters", [])}.values())
        body, whole = self._body(told, {one["name"] for one in parameters})
        answer = self._answer(told)
        headers = {one["name"].lower(): one.get("required", False) for one in parameters if one["in"] == "header"}
        return Operation(
            name=snake(told["operationId"]),
            method=method.upper(),
            path=path,
            says=(told.get("description") or told.get("summary") or told["operationId"]).strip().splitlines()[0],
            path_parameters=tuple(self._parameters(parameters, "path")),
            query=tuple(one for one in self._parameters(parameters, "query") if one.wire != "cursor"),
            body=body,
            whole_body=whole,
            takes_version=method != "get",
            needs_version=headers.get("if-match", False),
            answer=answer,
            item=self._item(told, {one["name"] for one in parameters}),
            is_batch=path.endswith("/batch"),
        )

    @staticmethod
    def _parameters(parameters: list[Schema], place: str) -> Iterator[Parameter]:
        for one in parameters:
            if one["in"] == place:
                yield Parameter(
                    name=snake(one["name"]),
                    wire=one["name"],
                    type=argument_type(one.get("schema", {})),
                    required=one.get("required", False),
                )

    def _body(self, told: Schema, taken: set[str]) -> tuple[tuple[Parameter, ...], str | None]:
        content = told.get("requestBody", {}).get("content", {})
        schema = content.get("application/json", {}).get("schema")
        if schema is None:
            return (), None
        known = self.schemas.get(schema.get("$ref", "").rsplit("/", 1)[-1], schema)
        fields = known.get("properties")
        if not fields or taken & set(fields):
            return (), type_of(schema)
        required = known.get("required", [])
        return tuple(
            Parameter(name=snake(name), wire=name, type=argument_type(held), required=name in required)
            for name, held in fields.items()
        ), None

    @staticmethod
    def _success(told: Schema) -> Schema:
        found = [held for status, held in told["responses"].items() if status.startswith("2")]
        return found[0].get("content", {}).get("application/json", {}).get("schema", {}) if found else {}

    def _answer(self, told: Schema) -> str:
        if all(status == "204" for status in told["responses"] if status.startswith("2")):
            return "None"
        return type_of(self._success(told))

    def _item(self, told: Schema, parameters: set[str]) -> str | None:
        """Return the type of a list's items, None when this is no list in pages."""
        if "cursor" not in parameters:
            return None
        success = self._success(told)
        page = self.schemas.get(success.get("$ref", "").rsplit("/", 1)[-1], success)
        items = page.get("properties", {}).get("items")
        return type_of(items.get("items", {})) if items else "Any"

    def used(self, types: str) -> list[str]:
        """Return the schemas that *types* name, and those that they name."""
        known = {class_name(name): schema for name, schema in self.schemas.items()}
        found: dict[str, None] = {}
        waiting = [name for name in re.findall(r"\w+", types) if name in known]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found[name] = None
                waiting += [one for one in re.findall(r"\w+", shape(name, known[name])) if one in known]
        return [shape(name, known[name]) for name in known if name in found]


def shape(name: str, schema: Schema) -> str:
    """Return the type that a named schema becomes."""
    if "properties" not in schema:
        return f"{name} = {type_of(schema)}\n"
    required = set(schema.get("required", ()))
    fields = {
        field: type_of(held) if field in required else f"NotRequired[{type_of(held)}]"
        for field, held in schema["properties"].items()
    }
    if any(keyword.iskeyword(field) or not field.isidentifier() for field in fields):
        inner = ", ".join(f"{field!r}: {held}" for field, held in fields.items())
        return f"{name} = TypedDict({name!r}, {{{inner}}})\n"
    says = (schema.get("description") or "").strip().splitlines()
    doc = f"    {_doc(says[0])}\n\n" if says else ""
    return f"class {name}(TypedDict):\n{doc}" + "".join(f"    {field}: {held}\n" for field, held in fields.items())


def _doc(sentence: str) -> str:
    text = sentence.replace("\\", "\\\\").replace('"""', "'''")
    return f'"""{text if text.endswith((".", "!", "?")) else text + "."}"""'


def method_of(operation: Operation, *, asynchronous: bool) -> str:
    """Return the method, or the two methods, of *operation*."""
    if operation.is_batch:
        return _batch(operation, asynchronous=asynchronous)
    written = _call(operation, asynchronous=asynchronous)
    return written + (_pages(operation, asynchronous=asynchronous) if operation.item else "")


def _path(operation: Operation) -> str:
    path = operation.path
    for one in operation.path_parameters:
        path = path.replace(f"{{{one.wire}}}", f"{{part({one.name})}}")
    return f'f"{path}"' if operation.path_parameters else f'"{path}"'


def _arguments(operation: Operation, extra: list[str]) -> str:
    first = [f"{one.name}: {one.type}" for one in operation.path_parameters]
    named = [_named(one) for one in (*operation.query, *operation.body)]
    whole = [f"body: {operation.whole_body}"] if operation.whole_body else []
    after = whole + sorted(named, key=lambda one: "=" in one) + extra
    return ", ".join(["self", *first, *(["*", *after] if after else [])])


def _named(one: Parameter) -> str:
    if one.required:
        return f"{one.name}: {one.type}"
    return f"{one.name}: {one.type if 'None' in one.type.split(' | ') else one.type + ' | None'} = None"


def _fields(parameters: tuple[Parameter, ...]) -> str:
    return "given({" + ", ".join(f'"{one.wire}": {one.name}' for one in parameters) + "})"


def _made(operation: Operation, *, cursor: bool = False, bare: bool = False) -> str:
    told = [f'service="{{SERVICE}}", method="{operation.method}", path={_path(operation)}']
    query = _fields(operation.query) if operation.query else ""
    if cursor:
        query = f'{query} | given({{"cursor": cursor}})' if query else 'given({"cursor": cursor})'
    if query:
        told.append(f"query={query}")
    if operation.whole_body:
        told.append("body=body")
    elif operation.body:
        told.append(f"body={_fields(operation.body)}")
    if operation.takes_version and not bare:
        told.append("key=key, version=version")
    return f"Call({', '.join(told)})"


def _call(operation: Operation, *, asynchronous: bool) -> str:
    version = "version: int" if operation.needs_version else "version: int | None = None"
    extra = ([version, "key: str | None = None"] if operation.takes_version else []) + (
        ["cursor: str | None = None"] if operation.item else []
    )
    made = _made(operation, cursor=operation.item is not None)
    return (
        f"    {'async ' if asynchronous else ''}def {operation.name}({_arguments(operation, extra)})"
        f" -> Answer[{operation.answer}]:\n"
        f"        {_doc(operation.says)}\n"
        f"        return {'await ' if asynchronous else ''}self._sender.send({made})\n\n"
    )


def _pages(operation: Operation, *, asynchronous: bool) -> str:
    iterator = "AsyncIterator" if asynchronous else "Iterator"
    name = "every_" + operation.name.removeprefix("list_")
    return (
        f"    def {name}({_arguments(operation, [])}) -> {iterator}[{operation.item}]:\n"
        f"        {_doc('As ``' + operation.name + '``: every item, page after page')}\n"
        f"        return self._sender.pages(lambda cursor: {_made(operation, cursor=True)})\n\n"
    )


def _batch(operation: Operation, *, asynchronous: bool) -> str:
    iterator = "AsyncIterator" if asynchronous else "Iterator"
    extra = ["lines: Iterable[Line]", "limits: Limits = LIMITS"]
    made = _made(operation, bare=True)
    return (
        f"    def {operation.name}({_arguments(operation, extra)}) -> {iterator}[Outcome]:\n"
        f"        {_doc(operation.says)}\n"
        f"        return self._sender.batch({made}, lines, limits)\n\n"
    )


def module(service: str, document: Schema) -> str:
    """Return the module of *service*."""
    read = Document(document)
    operations = list(read.operations())
    name = class_name(service)
    classes = "".join(
        f"class {prefix}{name}Service:\n"
        f'    """What ``{service}`` answers."""\n\n'
        f"    def __init__(self, sender: {prefix}Sender) -> None:\n"
        f"        self._sender = sender\n\n"
        + "".join(method_of(one, asynchronous=bool(prefix)) for one in operations).replace("{SERVICE}", service)
        + "\n"
        for prefix in ("", "Async")
    )
    return (
        f'"""The operations of ``{service}``, written by libs/client/generate.py from its OpenAPI document."""\n\n'
        "# ruff: noqa: E501  the sentences are the service's own\n\n"
        "from __future__ import annotations\n\n"
        "from collections.abc import AsyncIterator, Iterable, Iterator\n"
        "from datetime import datetime\n"
        "from typing import Any, Literal, NotRequired, TypedDict\n"
        "from uuid import UUID\n\n"
        "from acuerdo_client.batches import Limits, Outcome\n"
        "from acuerdo_client.calls import Answer, Call, given, part\n"
        "from acuerdo_client.sending import AsyncSender, Line, Sender\n\n"
        "LIMITS = Limits()\n\n" + "\n".join(read.used(classes)) + "\n" + classes
    )


def document_of(service: str) -> Schema:
    """Return the OpenAPI document of *service*, from its code."""
    wired = import_module(f"{service.replace('-', '_')}.wiring").service
    runtime: Any = SimpleNamespace(max_in_flight=0)  # nothing is asked of the application but its document
    return create_app(
        service=service, title=wired.title, routers=(*wired.routers, feed.router), runtime=runtime
    ).openapi()


def tidy(written: Sequence[Path]) -> None:
    """Format the modules *written*, without the imports that they do not need."""
    ruff = Path(sys.executable).with_name("ruff")
    settings = ["--config", str(Path(__file__).parents[2] / "pyproject.toml")]
    check = ["check", "-q", "--fix", "--select", "F401,I,E501,RUF100", *settings]
    for arguments in (["format", "-q", *settings], check, ["format", "-q", *settings]):
        subprocess.run([ruff, *arguments, *written], check=False)  # noqa: S603  our own formatter on our own files


def main() -> None:
    """Write the four modules, formatted."""
    written = [FOLDER / f"{service.replace('-', '_')}.py" for service in SERVICES]
    for service, path in zip(SERVICES, written, strict=True):
        path.write_text(module(service, document_of(service)))
    tidy(written)


if __name__ == "__main__":
    main()
