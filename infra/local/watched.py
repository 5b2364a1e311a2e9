"""Stands in the emulator for a function that `cargo lambda watch` runs: hands each event on, and its answer back.

    watched.py URL

It is a custom runtime of Lambda, started by the emulator like any function. URL is where `cargo lambda watch` takes
invocations. So everything reaches the watched function as it would reach the deployed one: requests over the front door,
messages of its queue, the clock.
"""

import http.client
import json
import os
import sys
import time
import urllib.error
import urllib.request

RUNTIME = os.environ["AWS_LAMBDA_RUNTIME_API"]
INVOCATION = "/2018-06-01/runtime/invocation"
# Whatever the machine's proxies are, this way leads nowhere but to this machine.
DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def invoke(url, event, deadline):
    """What the watched function answers, and how the Runtime API calls that: a response or an error."""
    while True:
        try:
            with DIRECTLY.open(urllib.request.Request(url, event), timeout=max(deadline - time.time(), 0.1)) as answer:
                return "response", answer.read()
        except urllib.error.HTTPError as error:
            return "error", error.read() or failure(f"cargo lambda watch answered {error.code}")
        except OSError as error:
            refused = isinstance(getattr(error, "reason", error), ConnectionRefusedError)
            # While `cargo lambda watch` is still starting, nobody listens.
            if not refused or time.time() > deadline - 1:
                return "error", failure(f"cargo lambda watch did not answer: {error}")
            time.sleep(0.1)


def failure(message):
    return json.dumps({"errorType": "Watch.Unreachable", "errorMessage": message}).encode()


def main(url):
    runtime = http.client.HTTPConnection(RUNTIME)
    while True:
        runtime.request("GET", f"{INVOCATION}/next")
        answer = runtime.getresponse()
        event = answer.read()
        if answer.status != 200:
            sys.exit(0)  # the environment ends
        deadline = int(answer.headers["Lambda-Runtime-Deadline-Ms"]) / 1000
        kind, body = invoke(url, event, deadline)
        runtime.request("POST", f"{INVOCATION}/{answer.headers['Lambda-Runtime-Aws-Request-Id']}/{kind}", body)
        runtime.getresponse().read()


if __name__ == "__main__":
    main(sys.argv[1])
