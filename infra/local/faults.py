"""Bad days on request: how the flow tests make the emulator refuse calls, kill a worker, and let time pass.

It exists in launcher.py only, so nothing of it can reach AWS. Each request names a text, such as a job's id, and touches
only the calls and messages in which that text stands: what other tests do meanwhile goes on undisturbed.

    PUT    /_vitae/faults/NAME   {"function": "parse", "service": "s3", "operation": "GET", "contains": "...", "effect": "refuse"}
    GET    /_vitae/faults/NAME   {"hits": 3}
    DELETE /_vitae/faults/NAME   {"hits": 3}
    POST   /_vitae/hasten        {"contains": "..."}
    POST   /_vitae/clock

A fault stands until it is deleted. `operation` may be left out; for S3 it is the HTTP method, else the action's name.
The effects are `refuse` (as the service answers when it is overloaded or broken), `kill_before` and `kill_after` (the
process that made the call is killed before, or after, the service has done it; only once). A message that names a worker
to be killed is delivered alone, so that no other dies with it.

`hasten` makes messages that wait for their next delivery visible at once. `clock` lets every schedule fire now.
"""

import json
import os
import signal
import threading
import time

from ministack import app
from ministack.core import lambda_runtime
from ministack.core.concurrency import esm_wake
from ministack.services import eventbridge, lambda_svc, sqs, sts

PREFIX = "/_vitae/"
REFUSALS = {
    "dynamodb": (
        500,
        "application/x-amz-json-1.0",
        b'{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"The request failed."}',
    ),
    "s3": (
        503,
        "application/xml",
        b'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>SlowDown</Code><Message>Please reduce your request rate.'
        b"</Message></Error>",
    ),
    "sqs": (
        503,
        "application/x-amz-json-1.0",
        b'{"__type":"com.amazonaws.sqs#ServiceUnavailable","message":"The request failed."}',
    ),
}


class Faults:
    def __init__(self):
        self.faults = {}
        self.lock = threading.Lock()
        # The messages of a batch that a worker has, and what each busy worker works on.
        self.in_hand = set()
        self.busy = {}

    def install(self, replace):
        request = ["method", "path", "headers", "body", "query_params", "request_id"]
        replace(app, "_handle_post_body_shortcuts", request, self.answer_requests)
        replace(app, "_dispatch_service_request", request, self.strike)
        replace(sqs, "_receive_messages_for_esm", ["queue_url", "max_number"], self.deliver)
        batch = ["esm", "func_rec", "event", "batch", "queue_url", "queue_name"]
        replace(lambda_svc, "_run_sqs_batch", batch, self.watch_batches)
        invocation = ["self", "event", "request_id", "trace_id", "invoked_function_arn"]
        replace(lambda_runtime.ProvidedWorker, "invoke", invocation, self.watch_workers)

    # What tests ask for.

    def answer_requests(self, stock):
        async def answer(method, path, headers, body, query_params, request_id):
            if not path.startswith(PREFIX):
                return await stock(method, path, headers, body, query_params, request_id)
            try:
                status, answered = self.asked(method, path.removeprefix(PREFIX), json.loads(body or b"{}"))
            except (KeyError, ValueError) as error:
                status, answered = 400, {"message": repr(error)}
            return status, {"Content-Type": "application/json"}, json.dumps(answered).encode()

        return answer

    def asked(self, method, path, wish):
        what, _, name = path.partition("/")
        if what == "faults" and method == "PUT":
            fault = {key: wish[key] for key in ("function", "service", "contains", "effect")}
            if fault["service"] not in REFUSALS or fault["effect"] not in ("refuse", "kill_before", "kill_after"):
                raise ValueError("no such service or effect")
            if len(fault["contains"]) < 8:
                raise ValueError("so short a text could stand in anybody's calls")
            self.faults[name] = {**fault, "operation": wish.get("operation"), "hits": 0}
            return 200, {}
        if what == "faults" and method in ("GET", "DELETE"):
            fault = self.faults.pop(name) if method == "DELETE" else self.faults[name]
            return 200, {"hits": fault["hits"]}
        if what == "hasten" and method == "POST":
            return 200, {"messages": self.hasten(wish["contains"])}
        if what == "clock" and method == "POST":
            for rule in list(eventbridge._rules._data):
                eventbridge._rule_last_fired[rule] = 0
            threading.Thread(target=eventbridge._tick_scheduled_rules, daemon=True, name="clock").start()
            return 200, {}
        return 404, {}

    def hasten(self, text):
        count, now = 0, time.time()
        for queue in list(sqs._queues.to_dict().values()):
            for message in list(queue["messages"]):
                waits = message.get("visible_at", 0) > now and message["id"] not in self.in_hand
                if waits and text in message["body"]:
                    message["visible_at"] = now
                    count += 1
        esm_wake.set()
        return count

    # Calls.

    def strike(self, stock):
        async def dispatch(method, path, headers, body, query_params, request_id):
            call = method, path, headers, body, query_params, request_id
            fault = self.fault_of(method, path, headers, body, query_params) if self.faults else None
            if fault is None:
                return await stock(*call)
            if fault["effect"] == "refuse":
                status, content_type, answer = REFUSALS[fault["service"]]
                return status, {"Content-Type": content_type, "x-amzn-requestid": request_id}, answer
            answered = await stock(*call) if fault["effect"] == "kill_after" else (500, {}, b"")
            self.kill(fault)
            return answered

        return dispatch

    def fault_of(self, method, path, headers, body, query_params):
        scope = headers.get("authorization", "").partition("Credential=")[2].partition(",")[0].split("/")
        if len(scope) < 5:
            return None
        caller = sts._sessions.get(scope[0], {}).get("Arn", "")
        operation = headers.get("x-amz-target", method).rpartition(".")[2]
        with self.lock:
            for fault in self.faults.values():
                spent = fault["effect"] != "refuse" and fault["hits"]
                if spent or fault["service"] != scope[3] or fault["operation"] not in (None, operation):
                    continue
                if not caller.endswith("-" + fault["function"]):
                    continue
                text = fault["contains"]
                if text in path or text.encode() in (body or b"") or text in str(query_params):
                    fault["hits"] += 1
                    return fault
        return None

    def kill(self, fault):
        for worker, event in list(self.busy.items()):
            if worker.func_name.endswith("-" + fault["function"]) and fault["contains"] in event:
                os.kill(worker._proc.pid, signal.SIGKILL)

    # Messages and workers.

    def deliver(self, stock):
        def receive(queue_url, max_number):
            batch = stock(queue_url, max_number)
            doomed = [fault["contains"] for fault in list(self.faults.values()) if fault["effect"] != "refuse"]
            alone = next((m for m in batch if any(text in m["body"] for text in doomed)), None)
            if alone is not None:
                for message in batch:
                    if message is not alone:
                        message.update(visible_at=time.time(), receive_count=message["receive_count"] - 1)
                batch = [alone]
            self.in_hand.update(message["id"] for message in batch)
            return batch

        return receive

    def watch_batches(self, stock):
        def run(esm, func_rec, event, batch, queue_url, queue_name):
            try:
                return stock(esm, func_rec, event, batch, queue_url, queue_name)
            finally:
                self.in_hand.difference_update(message["id"] for message in batch)

        return run

    def watch_workers(self, stock):
        def invoke(worker, event, request_id, *, trace_id=None, invoked_function_arn=None):
            self.busy[worker] = json.dumps(event)
            try:
                return stock(worker, event, request_id, trace_id=trace_id, invoked_function_arn=invoked_function_arn)
            finally:
                self.busy.pop(worker, None)

        return invoke
