"""The face itself: from a request to a call.

Reading changes nothing, so a fault can be aimed at a call before it is carried out. What goes wrong while reading is a
call too: one whose answer is the platform's error. What is kept here are encoded rows and selected lists, which can be
thrown away at any moment.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from fakemarket.call import Call, Request, Response, Trouble
from fakemarket.faces.aliexpress import oauth
from fakemarket.faces.aliexpress.compression import packed
from fakemarket.faces.aliexpress.envelope import Entrance, Envelope
from fakemarket.faces.aliexpress.errors import PlatformError, Problem
from fakemarket.faces.aliexpress.gate import Gate
from fakemarket.faces.aliexpress.methods import DOTTED, OPEN_METHODS, PATHS, SELLER_METHODS, SYSTEM_PATHS
from fakemarket.faces.aliexpress.order_list import OrderLists
from fakemarket.faces.aliexpress.parameters import SYSTEM_PARAMETERS, Arguments, parameters_of, query_of
from fakemarket.faces.aliexpress.shop import Shop, Work
from fakemarket.faces.aliexpress.trouble import in_trouble
from fakemarket.world.limits import Layer
from fakemarket.world.tokens import App
from fakemarket.world.world import World

_TOO_MANY_CALLS = {
    Layer.APP_A_DAY: Problem.QUOTA_GONE,
    Layer.METHOD_A_SECOND: Problem.METHOD_TOO_OFTEN,
    Layer.APP_METHOD_A_SECOND: Problem.RATE_LIMITED,
}
_USUAL_FORMATS = {Entrance.TOP: "xml", Entrance.SYNC: "json"}
"""What a caller who names no format gets [1]."""


class AliExpress:
    """The AliExpress endpoints of one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._gate = Gate(world.settings.wire, world.tokens)
        self._lists = OrderLists(world)

    def read(self, request: Request, real_at: int, request_id: str) -> Call:
        call = self._read(request, real_at, request_id)
        encodings = request.headers.get("accept-encoding", "")
        return Call(call.operation, lambda: packed(call.act(), encodings), call.seller, call.order, call.say)

    def _read(self, request: Request, real_at: int, request_id: str) -> Call:
        try:
            parameters = parameters_of(request)
        except PlatformError as error:
            return self._refused(_envelope(request.path, query_of(request), request_id), error)
        envelope = _envelope(request.path, parameters, request_id)
        try:
            if request.path in oauth.AUTHORIZE_PATHS:
                return oauth.authorize(self._world, parameters, envelope)
            if request.path == oauth.TOKEN_PATH:
                return oauth.exchange(self._world, parameters, envelope)
            return self._read_api_call(envelope, parameters, real_at)
        except PlatformError as error:
            return self._refused(envelope, error)

    def _read_api_call(self, envelope: Envelope, parameters: Mapping[str, str], real_at: int) -> Call:
        world, operation = self._world, envelope.operation
        known = PATHS if envelope.entrance is Entrance.SYSTEM else DOTTED
        strict = world.settings.wire.strict_timestamp
        present_at = (world.now,) if strict else (world.now, real_at)
        app = self._gate.check_protocol(envelope.entrance, operation, known, parameters, present_at)
        arguments = Arguments(parameters)
        arguments.accept(*SYSTEM_PARAMETERS)
        seller: str | None = None
        if operation in SELLER_METHODS:
            seller = self._gate.check_session(app, parameters)
            shop = Shop(world, seller, self._lists, envelope.simplify)
            work = SELLER_METHODS[operation](shop, arguments)
        else:
            read = OPEN_METHODS.get(operation) or SYSTEM_PATHS[operation]
            work = read(world, app, arguments)
        if world.settings.wire.refuses_unknown_parameters:
            arguments.refuse_unknown()
        trouble = partial(self._in_trouble, envelope)
        return Call(operation, lambda: self._carry_out(envelope, app, work), seller, work.order, trouble)

    def _carry_out(self, envelope: Envelope, app: App, work: Work) -> Response:
        now = self._world.now
        ban = self._world.limits.take(app.name, envelope.operation, now)
        if ban is not None:
            return envelope.error(PlatformError(_TOO_MANY_CALLS[ban.layer], str(ban.seconds_left(now))))
        try:
            return envelope.success(work.act())
        except PlatformError as error:
            return envelope.error(error)

    def _refused(self, envelope: Envelope, error: PlatformError) -> Call:
        operation = envelope.operation if envelope.operation in DOTTED or envelope.operation in PATHS else ""
        return Call(operation, lambda: envelope.error(error), say=partial(self._in_trouble, envelope))

    def _in_trouble(self, envelope: Envelope, trouble: Trouble, seconds: int) -> Response:
        return in_trouble(envelope, trouble, seconds, self._world)


def _envelope(path: str, parameters: Mapping[str, str], request_id: str) -> Envelope:
    method = parameters.get("method", "")
    for entrance, usual in _USUAL_FORMATS.items():
        if path == entrance.value and not (entrance is Entrance.SYNC and method.startswith("/")):
            is_xml = (parameters.get("format") or usual) == "xml"
            simplify = parameters.get("simplify") == "true" and not is_xml
            return Envelope(entrance, method, request_id, simplify, is_xml)
    api_path = method if path == Entrance.SYNC.value else path.removeprefix(Entrance.SYSTEM.value)
    return Envelope(Entrance.SYSTEM, api_path, request_id)
