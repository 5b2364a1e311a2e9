"""Starts MiniStack, the stand-in for AWS behind `cargo local`, with its gaps mended from outside the package.

    launcher.py            serves until its standard input closes or SIGTERM comes
    launcher.py --check    shows for every mend that the stock behaviour is still broken and that the mend still works

MiniStack deploys template.yaml as it is. Where version 1.5.33 does not do what AWS does, and Vitae needs it, a `Mend`
below says what is wrong and puts it right by wrapping MiniStack's own functions. A mend refuses to apply when what it
wraps has gone or takes other arguments, so an update of MiniStack cannot silently drop one; `--check`, which a test of
this crate runs, also fails when a mend is no longer needed.

What tests need beside that, faults on request, stands in faults.py, and what speaks HTTP in server.py.

The launcher prints one JSON object on standard output for each line that a function logs, the moment it is logged:
`{"function": "vitae-auth", "line": "..."}`. MiniStack's own log goes to standard error. Standard input is a leash: when
it closes, because whoever started the launcher is gone, the launcher stops as on SIGTERM, saves MiniStack's state and
takes the functions' processes with it.
"""

import asyncio
import contextvars
import email.utils
import fcntl
import functools
import inspect
import json
import os
import signal
import sys
import threading
import time

sys.dont_write_bytecode = True

import server
from faults import Faults
from ministack import app
from ministack.core import iam_evaluator, lambda_runtime
from ministack.core.responses import get_account_id
from ministack.services import apigateway as http_apis
from ministack.services import dynamodb, sqs
from ministack.services.cloudformation import changesets, engine, handlers, provisioners


class MendError(Exception):
    """A mend does not fit the MiniStack that is installed."""


class Mend:
    """One gap of MiniStack: what is wrong (the docstring), whether it still is, and how it is put right."""

    def replace(self, owner, name, parameters, replacement):
        """Puts `replacement(stock)` in the place of `owner.name`, which must be a function of these parameters."""
        stock = getattr(owner, name, None)
        where = f"{getattr(owner, '__name__', owner)}.{name}"
        if not callable(stock):
            raise MendError(f"{where} has gone")
        found = list(inspect.signature(stock).parameters)
        if found != parameters:
            raise MendError(f"{where} takes {found}, not {parameters}")
        setattr(owner, name, replacement(stock))

    def after_provisioning(self, resource_type, hook):
        """Runs `hook(physical_id, properties)` after CloudFormation created or updated a resource of this type."""
        provisioner = provisioners_of(resource_type)
        create, update = provisioner["create"], provisioner["update"]
        if list(inspect.signature(create).parameters) != ["logical_id", "props", "stack_name"]:
            raise MendError(f"the creation of {resource_type} takes other arguments than it did")
        if list(inspect.signature(update).parameters)[:3] != ["physical_id", "old_props", "new_props"]:
            raise MendError(f"the update of {resource_type} takes other arguments than it did")

        def create_then_hook(logical_id, props, stack_name):
            physical_id, attributes = create(logical_id, props, stack_name)
            hook(physical_id, props)
            return physical_id, attributes

        def update_then_hook(physical_id, old_props, new_props, *rest, **named):
            updated = update(physical_id, old_props, new_props, *rest, **named)
            hook(updated[0] if isinstance(updated, tuple) else physical_id, new_props)
            return updated

        # CloudFormation asks these handlers for their parameters before it calls them.
        create_then_hook.__signature__ = inspect.signature(create)
        update_then_hook.__signature__ = inspect.signature(update)
        provisioner["create"], provisioner["update"] = create_then_hook, update_then_hook

    def works(self):
        """Whether MiniStack behaves as AWS does in this respect, tried out."""
        raise NotImplementedError

    def apply(self):
        """Puts it right."""
        raise NotImplementedError


def provisioners_of(resource_type):
    """The create, update and delete handlers that CloudFormation keeps for a resource type."""
    for table in vars(provisioners).values():
        if isinstance(table, dict) and isinstance(table.get(resource_type), dict):
            if {"create", "update"} <= table[resource_type].keys():
                return table[resource_type]
    raise MendError(f"CloudFormation has no handlers for {resource_type}")


class HttpApiBody(Mend):
    """The routes, integrations and CORS of an HttpApi, which the SAM transform writes into the property `Body` as an
    OpenAPI document, are ignored: every request is answered by 404 and every preflight by 403."""

    METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "x-amazon-apigateway-any-method"}

    def works(self):
        integration = {"type": "aws_proxy", "httpMethod": "POST", "uri": "arn", "payloadFormatVersion": "2.0"}
        operation = {"x-amazon-apigateway-any-method": {"x-amazon-apigateway-integration": integration}}
        cors = {"allowOrigins": ["http://a.test"], "maxAge": "600"}
        properties = {"Body": {"paths": {"/a/{proxy+}": operation, "$default": operation}, "x-amazon-apigateway-cors": cors}}
        provisioner = provisioners_of("AWS::ApiGatewayV2::Api")
        api, _ = provisioner["create"]("Trial", properties, "trial")
        try:
            return (
                sorted(route["routeKey"] for route in http_apis._routes[api].values()) == ["$default", "ANY /a/{proxy+}"]
                and http_apis._match_route(api, "GET", "/a/b")["routeKey"] == "ANY /a/{proxy+}"
                and http_apis._apis[api].get("corsConfiguration", {}).get("maxAge") == 600
            )
        except (KeyError, TypeError):
            return False
        finally:
            provisioner["delete"](api, properties)

    def apply(self):
        for store in ("_apis", "_routes", "_integrations"):
            if not hasattr(http_apis, store):
                raise MendError(f"API Gateway keeps no {store}")
        self.after_provisioning("AWS::ApiGatewayV2::Api", self.import_body)

    def import_body(self, api_id, properties):
        body = properties.get("Body")
        if not isinstance(body, dict):
            return
        cors = body.get("x-amazon-apigateway-cors")
        if isinstance(cors, dict):
            cors = dict(cors)
            if "maxAge" in cors:
                cors["maxAge"] = int(cors["maxAge"])
            http_apis._apis[api_id]["corsConfiguration"] = cors
        routes, integrations = {}, {}
        for path, item in body.get("paths", {}).items():
            for method, operation in item.items():
                if method.lower() not in self.METHODS:
                    continue
                integration = operation["x-amazon-apigateway-integration"]
                identity = f"{len(routes):08x}"
                integrations[identity] = {
                    "integrationId": identity,
                    "integrationType": integration["type"].upper(),
                    "integrationUri": integration["uri"],
                    "integrationMethod": integration.get("httpMethod", "POST"),
                    "payloadFormatVersion": integration.get("payloadFormatVersion", "2.0"),
                    "timeoutInMillis": int(integration.get("timeoutInMillis", 30000)),
                    "connectionType": "INTERNET",
                    "requestParameters": {},
                }
                verb = "ANY" if method.lower().startswith("x-") else method.upper()
                routes[identity] = {
                    "routeId": identity,
                    "routeKey": "$default" if path == "$default" else f"{verb} {path}",
                    "target": f"integrations/{identity}",
                    "authorizationType": "NONE",
                    "apiKeyRequired": False,
                }
        http_apis._routes[api_id], http_apis._integrations[api_id] = routes, integrations


class CorsOfTheGateway(Mend):
    """Where an HttpApi has CORS configured, API Gateway drops the CORS headers of the functions' own answers. Here both go
    out, and a browser refuses an answer that names its origin twice."""

    def works(self):
        integration = {"type": "aws_proxy", "httpMethod": "POST", "uri": "arn", "payloadFormatVersion": "2.0"}
        operation = {"x-amazon-apigateway-any-method": {"x-amazon-apigateway-integration": integration}}
        cors = {"allowOrigins": ["http://a.test"]}
        properties = {"Body": {"paths": {"$default": operation}, "x-amazon-apigateway-cors": cors}}
        provisioner = provisioners_of("AWS::ApiGatewayV2::Api")
        api, _ = provisioner["create"]("Trial", properties, "trial")

        async def answer_of_a_function(*_, **__):
            return 200, {"access-control-allow-origin": "http://function.test"}, b""

        stock, http_apis._invoke_lambda_proxy = http_apis._invoke_lambda_proxy, answer_of_a_function
        try:
            origin = {"origin": "http://a.test"}
            request = http_apis._handle_execute_in_scope(api, "$default", "/", "GET", origin, b"", {}, "", "")
            _, headers, _ = asyncio.run(request)
        finally:
            http_apis._invoke_lambda_proxy = stock
            provisioner["delete"](api, properties)
        origins = [value for name, value in headers.items() if name.lower() == "access-control-allow-origin"]
        return origins == ["http://a.test"]

    def apply(self):
        def gateway_decides(stock):
            async def execute(api_id, stage, path, method, headers, *rest, **named):
                status, answered, body = await stock(api_id, stage, path, method, headers, *rest, **named)
                cors = http_apis._apis.get(api_id, {}).get("corsConfiguration")
                if cors and method != "OPTIONS":
                    origin = headers.get("origin") or headers.get("Origin") or ""
                    kept = {n: v for n, v in answered.items() if not n.lower().startswith("access-control-")}
                    answered = {**kept, **http_apis._cors_response_headers(cors, origin)}
                return status, answered, body

            return execute

        parameters = ["api_id", "stage", "path", "method", "headers", "body", "query_params"]
        parameters += ["owner_account_id", "owner_region", "raw_query_string"]
        self.replace(http_apis, "_handle_execute_in_scope", parameters, gateway_decides)


class SamParameters(Mend):
    """The SAM transform is given no parameter values, so that a `Ref` to a parameter which it resolves by itself, such as
    a function's architecture or an HttpApi's origins, comes out as the parameter's default whatever was passed."""

    _values = contextvars.ContextVar("the stack's parameter values", default={})

    def works(self):
        template = {
            "Transform": "AWS::Serverless-2016-10-31",
            "Parameters": {"Origin": {"Type": "String", "Default": "http://default.test"}},
            "Resources": {
                "Api": {
                    "Type": "AWS::Serverless::HttpApi",
                    "Properties": {"CorsConfiguration": {"AllowOrigins": [{"Ref": "Origin"}]}},
                }
            },
        }
        passed = [{"Key": "Origin", "Value": "http://passed.test"}]
        expanded = handlers._apply_transforms(template, passed)
        cors = expanded["Resources"]["Api"]["Properties"]["Body"]["x-amazon-apigateway-cors"]
        return cors["allowOrigins"] == ["http://passed.test"]

    def apply(self):
        from samtranslator.translator import transform as sam

        def transform_with_values(stock):
            def transform(input_fragment, parameter_values, managed_policy_loader, **named):
                values = {**parameter_values, **self._values.get()}
                return stock(input_fragment, values, managed_policy_loader, **named)

            return transform

        def remember_values(stock):
            def apply_transforms(template, provided_params=None, previous_params=None):
                token = self._values.set(engine._transform_parameters(template, provided_params, previous_params))
                try:
                    return stock(template, provided_params, previous_params)
                finally:
                    self._values.reset(token)

            return apply_transforms

        parameters = ["input_fragment", "parameter_values", "managed_policy_loader", "feature_toggle", "passthrough_metadata"]
        self.replace(sam, "transform", parameters, transform_with_values)
        for module in (engine, changesets, handlers):
            self.replace(module, "_apply_transforms", ["template", "provided_params", "previous_params"], remember_values)


class TableTimeToLive(Mend):
    """A table's `TimeToLiveSpecification` is dropped, so that nothing ever expires."""

    def works(self):
        properties = {
            "TableName": "trial",
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "PK", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "PK", "KeyType": "HASH"}],
            "TimeToLiveSpecification": {"AttributeName": "expires_at", "Enabled": "true"},
        }
        provisioner = provisioners_of("AWS::DynamoDB::Table")
        table, _ = provisioner["create"]("Trial", properties, "trial")
        try:
            return dynamodb._ttl_settings.get(table, {}).get("TimeToLiveStatus") == "ENABLED"
        finally:
            provisioner["delete"](table, properties)

    def apply(self):
        if list(inspect.signature(dynamodb._update_ttl).parameters) != ["data"]:
            raise MendError("dynamodb._update_ttl takes other arguments than it did")
        self.after_provisioning("AWS::DynamoDB::Table", self.set_time_to_live)

    def set_time_to_live(self, table, properties):
        wanted = properties.get("TimeToLiveSpecification")
        if not wanted:
            return
        enabled = wanted.get("Enabled") in (True, "true")
        if enabled == (dynamodb._ttl_settings.get(table, {}).get("TimeToLiveStatus") == "ENABLED"):
            return
        specification = {"AttributeName": wanted["AttributeName"], "Enabled": enabled}
        dynamodb._update_ttl({"TableName": table, "TimeToLiveSpecification": specification})


class SecureTransport(Mend):
    """A policy that refuses what does not come over TLS, as both buckets' do, refuses everything: the emulator listens on
    this machine's loopback without TLS. That hop counts as secure here."""

    def works(self):
        # The name that the request handler looks up, not the one that it was imported from.
        app.pin_request_origin("127.0.0.1", False)
        return iam_evaluator._request_origin.get()[1]

    def apply(self):
        def pin_as_secure(stock):
            return lambda source_ip, secure_transport: stock(source_ip, True)

        self.replace(app, "pin_request_origin", ["source_ip", "secure_transport"], pin_as_secure)


class SendMailPolicy(Mend):
    """`ses:SendEmail` is checked against the resource `*` and without the condition key `ses:FromAddress`, so that a role
    which may send from one identity only may send nothing."""

    SEND = "/v2/email/outbound-emails"
    _sender = contextvars.ContextVar("the sender of the mail that is being authorised", default=None)

    def works(self):
        seen = {}
        stock, auth = iam_evaluator.enforce, app.AUTH
        iam_evaluator.enforce = lambda *_, **named: seen.update(named)
        app.AUTH = True
        try:
            body = json.dumps({"FromEmailAddress": "Trial <a@trial.test>"}).encode()
            app._enforce_ses_v2("POST", self.SEND, {}, body, {}, "trial")
        finally:
            iam_evaluator.enforce, app.AUTH = stock, auth
        return (
            seen["resource_arn"].endswith(":identity/a@trial.test")
            and (seen["service_context"] or {}).get("ses:FromAddress") == "a@trial.test"
        )

    def apply(self):
        def remember_sender(stock):
            def enforce_ses(method, path, headers, body, query_params, request_id):
                sender = None
                if method == "POST" and path.rstrip("/") == self.SEND:
                    try:
                        sender = email.utils.parseaddr(json.loads(body).get("FromEmailAddress") or "")[1]
                    except (ValueError, AttributeError):
                        pass  # the handler answers a body that it cannot read
                token = self._sender.set(sender)
                try:
                    return stock(method, path, headers, body, query_params, request_id)
                finally:
                    self._sender.reset(token)

            return enforce_ses

        def name_sender(stock):
            def enforce(service, iam_action, headers, query_params, request_id, **named):
                sender = self._sender.get()
                if sender and iam_action == "ses:SendEmail":
                    arn = f"arn:aws:ses:{app.extract_region(headers, query_params)}:{get_account_id()}:identity/{sender}"
                    named["resource_arn"] = named["named_resource"] = arn
                    named["service_context"] = {**(named.get("service_context") or {}), "ses:FromAddress": sender}
                return stock(service, iam_action, headers, query_params, request_id, **named)

            return enforce

        request = ["method", "path", "headers", "body", "query_params", "request_id"]
        self.replace(app, "_enforce_ses_v2", request, remember_sender)
        parameters = ["service", "iam_action", "headers", "query_params", "request_id", "resource_arn"]
        parameters += ["service_context", "auth_error_response", "named_resource"]
        self.replace(app, "_enforce_data_plane", parameters, name_sender)


class MessageMoveTask(Mend):
    """`StartMessageMoveTask`, by which a dead-letter queue is redriven, does not exist."""

    def works(self):
        if "StartMessageMoveTask" not in sqs._HANDLERS:
            return False
        dead = sqs._act_create_queue({"QueueName": "trial-dead"}, "")["QueueUrl"]
        dead_arn = sqs._get_q(dead)["attributes"]["QueueArn"]
        policy = json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": 1})
        wish = {"QueueName": "trial", "Attributes": {"RedrivePolicy": policy}}
        source = sqs._act_create_queue(wish, "")["QueueUrl"]
        try:
            sqs._act_send_message({"QueueUrl": source, "MessageBody": "trial"}, source)
            for _ in range(2):
                sqs._dlq_sweep(sqs._get_q(source))
                sqs._collect_msgs(sqs._get_q(source), 1, 0)
            fell = [message["body"] for message in sqs._get_q(dead)["messages"]]
            sqs._HANDLERS["StartMessageMoveTask"]({"SourceArn": dead_arn}, "")
            back = [(message["body"], message["receive_count"]) for message in sqs._get_q(source)["messages"]]
            return fell == ["trial"] and back == [("trial", 0)] and not sqs._get_q(dead)["messages"]
        finally:
            for url in (source, dead):
                sqs._act_delete_queue({"QueueUrl": url}, url)

    def apply(self):
        for name, parameters in (("_act_send_message", ["data", "qurl"]), ("_queue_by_arn", ["arn"])):
            if list(inspect.signature(getattr(sqs, name)).parameters) != parameters:
                raise MendError(f"sqs.{name} takes other arguments than it did")
        sqs._HANDLERS.setdefault("StartMessageMoveTask", self.move)

    def move(self, data, _url):
        """Sends every message anew to where it came from, or to the queue that is named, as AWS does."""
        dead = sqs._queue_by_arn(data.get("SourceArn", ""))
        if dead is None:
            raise sqs._Err("ResourceNotFoundException", "The source queue does not exist.", 404)
        for message in list(dead["messages"]):
            arn = data.get("DestinationArn") or message.get("sys", {}).get("DeadLetterQueueSourceArn", "")
            target = sqs._queue_by_arn(arn)
            if target is None:
                continue
            sent = {"QueueUrl": target["url"], "MessageBody": message["body"]}
            sent["MessageAttributes"] = message.get("message_attributes") or {}
            sqs._act_send_message(sent, target["url"])
            dead["messages"].remove(message)
        return {"TaskHandle": dead["name"]}


class LogWait(Mend):
    """Each answer is held back, by 5 to 50 ms, in case the function logs a line about it. Lambda answers as soon as the
    function does; a line that comes later is kept with those of the next invocation, and printed at once (`LiveLogs`)."""

    def works(self):
        return lambda_runtime.ProvidedWorker._drain_stderr_bounded.__defaults__[:2] == (0, 0)

    def apply(self):
        def wait_for_nothing(stock):
            def drain(self, first_line_wait=0, idle_confirm=0, hard_cap=0.25):
                return stock(self, first_line_wait, idle_confirm, hard_cap)

            return drain

        parameters = ["self", "first_line_wait", "idle_confirm", "hard_cap"]
        self.replace(lambda_runtime.ProvidedWorker, "_drain_stderr_bounded", parameters, wait_for_nothing)


class RuntimeApiDelay(Mend):
    """Nagle's algorithm meets delayed acknowledgements on the Runtime API's loopback connection and costs each invocation
    40 ms."""

    def works(self):
        worker = lambda_runtime.ProvidedWorker.__new__(lambda_runtime.ProvidedWorker)
        return worker._build_handler_class(0, None).disable_nagle_algorithm

    def apply(self):
        def without_nagle(stock):
            def build_handler_class(self, generation, pending):
                handler = stock(self, generation, pending)
                handler.disable_nagle_algorithm = True
                return handler

            return build_handler_class

        parameters = ["self", "generation", "pending"]
        self.replace(lambda_runtime.ProvidedWorker, "_build_handler_class", parameters, without_nagle)


class PoliciesReadOnce(Mend):
    """Each call reads all policies of its role from their JSON, twice, which is a tenth of its time."""

    POLICY = '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'

    def works(self):
        first, second = (iam_evaluator.parse_policy_document(self.POLICY) for _ in range(2))
        return first[0] is second[0]

    def apply(self):
        def remember(stock):
            read = functools.lru_cache(maxsize=256)(stock)

            def parse_policy_document(doc):
                return list(read(doc)) if isinstance(doc, str) else stock(doc)

            return parse_policy_document

        self.replace(iam_evaluator, "parse_policy_document", ["doc"], remember)


class LiveLogs(Mend):
    """A function's log can be read only after the invocation that wrote it, and not at all of one that was killed."""

    def works(self):
        return getattr(lambda_runtime.ProvidedWorker._pump_output, "prints_live", False)

    def apply(self):
        def print_and_pump(stock):
            def pump_output(self, stream, log_queue):
                stock(self, PrintedStream(stream, self.func_name), log_queue)

            pump_output.prints_live = True
            return pump_output

        self.replace(lambda_runtime.ProvidedWorker, "_pump_output", ["self", "stream", "log_queue"], print_and_pump)


class PrintedStream:
    """A function's output, each line of which is printed for whoever started the launcher while it passes through."""

    _lock = threading.Lock()

    def __init__(self, stream, function):
        self.stream, self.function = stream, function

    def readline(self):
        raw = self.stream.readline()
        if raw:
            text = raw.decode("utf-8", errors="replace") if isinstance(raw, bytes) else raw
            message = json.dumps({"function": self.function, "line": text.rstrip("\r\n")})
            try:
                with self._lock:
                    print(message, flush=True)
            except OSError:
                pass  # nobody listens any more; the pipe must be emptied all the same
        return raw

    def close(self):
        self.stream.close()


MENDS = [
    HttpApiBody(),
    CorsOfTheGateway(),
    SamParameters(),
    TableTimeToLive(),
    SecureTransport(),
    SendMailPolicy(),
    MessageMoveTask(),
    LogWait(),
    RuntimeApiDelay(),
    PoliciesReadOnce(),
    LiveLogs(),
]


def check():
    """Tries out every mend and returns the number of those that no longer fit."""
    failures = 0
    for mend in MENDS:
        name = type(mend).__name__
        try:
            verdict = "is no longer needed" if mend.works() else None
            if verdict is None:
                mend.apply()
                verdict = None if mend.works() else "no longer helps"
        except Exception as error:  # whatever goes wrong in a trial means that the mend no longer fits
            verdict = f"no longer fits: {error!r}"
        failures += verdict is not None
        print(f"{name}: {verdict or 'applies'}")
    try:
        Faults().install(Mend().replace)
    except MendError as error:
        failures += 1
        print(f"Faults: {error}")
    return failures


def stop_with_whoever_started_this():
    """Waits for standard input to close, then stops this process and every other one of its group."""
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    # Saving a big state takes a moment; whatever still lives after it is stuck.
    time.sleep(20)
    os.killpg(0, signal.SIGKILL)


def serve():
    """Applies every mend and runs MiniStack."""
    for mend in MENDS:
        mend.apply()
    Faults().install(Mend().replace)
    if os.getpgid(0) != os.getpid():
        os.setpgid(0, 0)
    # A predecessor that lost whoever started it may still be saving the state that this one will read.
    with open(os.environ["VITAE_STATE_LOCK"], "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        serve_locked()


def serve_locked():
    server.install()
    threading.Thread(target=stop_with_whoever_started_this, daemon=True, name="leash").start()
    try:
        app.main()
    finally:
        end_children()


def end_children():
    """Ends the functions and whatever they started, which all are of this process's group, and sees them off."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.killpg(0, signal.SIGTERM)
    deadline = time.monotonic() + 3
    while time.monotonic() < deadline:
        try:
            ended, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not ended:
            time.sleep(0.01)


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        sys.exit(1 if check() else 0)
    sys.exit(serve())
