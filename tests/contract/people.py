"""Who asks, while `cargo local contract` goes through the operations: somebody who has signed in, where VITAE_CONTRACT says
`signed-in`, and nobody otherwise."""

import os
import uuid

import requests
import schemathesis

API = os.environ["VITAE_API_URL"] + "/api/v1"

# Each of these ends what the token is good for, so each is asked by somebody of its own.
ENDING = {"eraseMe", "logout", "endSession", "endSessions", "changePassword"}


def newcomer():
    """The access token of somebody who has just registered."""
    who = {"email": f"contract-{uuid.uuid4().hex[:12]}@example.com", "password": f"Correct-Horse-{uuid.uuid4().hex}"}
    with requests.Session() as session:
        session.trust_env = False
        session.post(f"{API}/users/register", json=who, timeout=30).raise_for_status()
        answer = session.post(f"{API}/users/login?client=native", json=who, timeout=30)
        answer.raise_for_status()
        return answer.json()["access_token"]


def whom(case, _context):
    operation = case.operation.definition.raw.get("operationId")
    return operation if operation in ENDING else "everything else"


if os.environ["VITAE_CONTRACT"] == "signed-in":

    @schemathesis.auth(refresh_interval=600, cache_by_key=whom)
    class SignedIn:
        def get(self, _case, _context):
            return newcomer()

        def set(self, case, token, _context):
            case.headers["Authorization"] = f"Bearer {token}"
