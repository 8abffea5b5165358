"""The face itself: from a request to a call.

Reading changes nothing, so a fault can be aimed at a call before it is carried out. What goes wrong while reading is a
call too: one whose answer is the platform's error. What is kept here are encoded rows and selected lists, which can be
thrown away at any moment; and the questions that were asked lately, with what is to be done for them.
"""

from __future__ import annotations

from functools import partial
from urllib.parse import unquote

from fakemarket.call import Call, Request, Response, Trouble
from fakemarket.faces.aliexpress import oauth
from fakemarket.faces.aliexpress.compression import packed
from fakemarket.faces.aliexpress.envelope import Entrance, Envelope
from fakemarket.faces.aliexpress.errors import PlatformError, Problem
from fakemarket.faces.aliexpress.gate import Gate
from fakemarket.faces.aliexpress.methods import DOTTED, OPEN_METHODS, PATHS, SELLER_METHODS, SYSTEM_PATHS
from fakemarket.faces.aliexpress.order_list import OrderLists
from fakemarket.faces.aliexpress.parameters import SYSTEM_PARAMETERS, Arguments, query_of, text_of
from fakemarket.faces.aliexpress.question import Asked, Question, Questions
from fakemarket.faces.aliexpress.shop import Shop, Work
from fakemarket.faces.aliexpress.token_calls import owner
from fakemarket.faces.aliexpress.trouble import in_trouble
from fakemarket.world.limits import Layer
from fakemarket.world.tokens import App
from fakemarket.world.world import World

_TOO_MANY_CALLS = {
    Layer.APP_A_DAY: Problem.QUOTA_GONE,
    Layer.METHOD_A_SECOND: Problem.METHOD_TOO_OFTEN,
    Layer.APP_METHOD_A_SECOND: Problem.RATE_LIMITED,
}


class AliExpress:
    """The AliExpress endpoints of one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._gate = Gate(world.settings.wire, world.tokens)
        self._lists = OrderLists(world)
        self._questions = Questions()

    def read(self, request: Request, real_at: int, request_id: str) -> Call:
        call = self._read(request, real_at, request_id)
        encodings = request.headers.get("accept-encoding")
        if not encodings:
            return call
        return Call(call.operation, lambda: packed(call.act(), encodings), call.seller, call.order, call.say)

    def _read(self, request: Request, real_at: int, request_id: str) -> Call:
        path = request.path
        if "%" in path:
            path = unquote(path)  # no part of these paths is a name that holds a slash
        try:
            text = text_of(request)
        except PlatformError as error:
            return self._refused(Question(path, query_of(request)).envelope(request_id), error)
        asked = self._questions.read(path, text)
        envelope = asked.question.envelope(request_id)
        try:
            if path in oauth.AUTHORIZE_PATHS:
                return oauth.authorize(self._world, asked.question.parameters, envelope)
            if path == oauth.TOKEN_PATH:
                return oauth.exchange(self._world, asked.question.parameters, envelope)
            return self._read_api_call(asked, envelope, real_at)
        except PlatformError as error:
            return self._refused(envelope, error)

    def _read_api_call(self, asked: Asked, envelope: Envelope, real_at: int) -> Call:
        question, now = asked.question, self._world.now
        known = PATHS if question.entrance is Entrance.SYSTEM else DOTTED
        strict = self._world.settings.wire.strict_timestamp
        app = self._gate.check_protocol(asked, known, (now,) if strict else (now, real_at))
        seller: str | None = None
        if question.operation in SELLER_METHODS:
            seller = self._gate.check_session(app, question.parameters)
        work = question.work
        if work is None:
            try:
                work = question.work = self._work(question, app, seller)
            except PlatformError as error:
                return self._refused(envelope, error, seller)
        if seller is None:
            seller = owner(self._world, question.parameters)
        act = partial(self._carry_out, envelope, app, work)
        return Call(question.operation, act, seller, work.order, partial(self._in_trouble, envelope))

    def _work(self, question: Question, app: App, seller: str | None) -> Work:
        """What a question leaves to be done, which hangs on nothing but its words: app and session are among them."""
        operation, arguments = question.operation, Arguments(question.parameters)
        arguments.accept(*SYSTEM_PARAMETERS)
        if seller is None:
            work = (OPEN_METHODS.get(operation) or SYSTEM_PATHS[operation])(self._world, app, arguments)
        else:
            shop = Shop(self._world, seller, self._lists, question.simplify)
            work = SELLER_METHODS[operation](shop, arguments)
        if self._world.settings.wire.refuses_unknown_parameters:
            arguments.refuse_unknown()
        return work

    def _carry_out(self, envelope: Envelope, app: App, work: Work) -> Response:
        now = self._world.now
        ban = self._world.limits.take(app.name, envelope.operation, now)
        if ban is not None:
            return envelope.error(PlatformError(_TOO_MANY_CALLS[ban.layer], str(ban.seconds_left(now))))
        try:
            return envelope.success(work.act())
        except PlatformError as error:
            return envelope.error(error)

    def _refused(self, envelope: Envelope, error: PlatformError, seller: str | None = None) -> Call:
        operation = envelope.operation if envelope.operation in DOTTED or envelope.operation in PATHS else ""
        return Call(operation, lambda: envelope.error(error), seller, say=partial(self._in_trouble, envelope))

    def _in_trouble(self, envelope: Envelope, trouble: Trouble, seconds: int) -> Response:
        return in_trouble(envelope, trouble, seconds, self._world)
