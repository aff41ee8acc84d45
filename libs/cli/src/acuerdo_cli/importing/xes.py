"""XES event logs (IEEE 1849) as rows, one per event; the trace's own attributes have ``case:`` before their name."""

from collections import deque
from collections.abc import Iterator
from typing import IO, Any, cast
from xml.sax import SAXException, SAXParseException
from xml.sax.handler import ContentHandler

import defusedxml.sax
from defusedxml.common import DefusedXmlException

from acuerdo_cli.importing.rows import Reject, Row

_CHUNK = 65_536


class _Log(ContentHandler):
    """Collects the events of the chunk just fed."""

    def __init__(self, parser: Any) -> None:
        super().__init__()
        self._parser = parser
        self.found: deque[Row] = deque()
        self._path: list[str] = []
        self._trace: dict[str, str] = {}
        self._event: dict[str, str] = {}
        self._line = 0

    def line(self) -> int:
        """Return the line that is being read; SAX itself tells lines of errors only."""
        return self._parser._parser.CurrentLineNumber  # noqa: SLF001  expat knows, SAX does not pass it on

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802  SAX chose the name
        parent = self._path[-1] if self._path else ""
        self._path.append(name)
        if name == "trace":
            self._trace = {}
        elif name == "event":
            self._event, self._line = dict(self._trace), self.line()
        elif parent == "event" and "key" in attrs:
            self._event[attrs["key"]] = attrs.get("value", "")
        elif parent == "trace" and "key" in attrs:
            self._trace["case:" + attrs["key"]] = attrs.get("value", "")

    def endElement(self, name: str) -> None:  # noqa: N802  SAX chose the name
        self._path.pop()
        if name == "event":
            self.found.append(Row(line=self._line, cells=self._event))


def read_xes(stream: IO[bytes]) -> Iterator[Row | Reject]:
    """Yield one row per event of *stream*; where the XML breaks, a reject, and nothing after it."""
    parser = cast("Any", defusedxml.sax.make_parser())
    log = _Log(parser)
    parser.forbid_dtd = True
    parser.setContentHandler(log)
    try:
        while chunk := stream.read(_CHUNK):
            parser.feed(chunk)
            while log.found:
                yield log.found.popleft()
        parser.close()
    except SAXParseException as error:
        yield from log.found
        yield Reject(line=error.getLineNumber() or log.line(), reason=f"not XML: {error.getMessage()}")
    except (SAXException, DefusedXmlException) as error:
        yield from log.found
        yield Reject(line=log.line(), reason=f"not XML that is safe to read: {type(error).__name__}")
