"""Ask the process beside us in its container whether it is ready; run as a file, so that little is imported."""

import http.client
import os
import sys


def is_ready(port: int) -> bool:
    """Tell whether the process at *port* of this machine says that it is ready."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=4)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(not is_ready(int(os.environ.get("ACUERDO_PORT", "8000"))))  # noqa: TID251 - settings would import too much
