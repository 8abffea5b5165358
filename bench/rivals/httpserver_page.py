"""The signed page as one would fake it with pytest-httpserver: a handler that checks the signature and renders JSON.

A rival for `serve_load.py`, which starts it with the app's secret and a file with the page. Prints its URL, serves
until its input ends. The library's request log is emptied each second, as it would grow for ever.
"""

import hmac
import json
import logging
import sys
from pathlib import Path
from threading import Thread
from time import sleep

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response


def main() -> None:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # a line for each call would cost it a tenth
    secret = sys.argv[1].encode()
    page = json.loads(Path(sys.argv[2]).read_bytes())

    def answer(request: Request) -> Response:
        signed = "".join(f"{name}{value}" for name, value in sorted(request.args.items()) if name != "sign")
        expected = hmac.new(secret, signed.encode(), "sha256").hexdigest().upper()
        if not hmac.compare_digest(expected, request.args.get("sign", "")):
            return Response('{"error_response": {"code": 25}}', 401, content_type="application/json")
        return Response(json.dumps(page), content_type="application/json")

    with HTTPServer(threaded=True) as server:
        server.expect_request("/router/rest").respond_with_handler(answer)

        def keep_log_short() -> None:
            while True:
                sleep(1)
                server.clear_log()

        Thread(target=keep_log_short, daemon=True).start()
        print(server.url_for(""), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
