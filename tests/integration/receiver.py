"""A consumer of notifications, written with python3-hl7: takes what it is told, answers as told to,
and keeps the sets of identifiers that it was told of."""
import asyncio
import collections
import threading

import hl7
import hl7.mllp


def ids_of(message):
    """The (namespace, local id) of PID-3."""
    return [(str(rep[3][0]), str(rep[0][0])) for rep in message.segment("PID")[3]]


class Receiver:
    """Listens while open, over TLS with a context. answer(message) gives the answer, None for silence."""

    def __init__(self, answer=None, tls=None):
        self.tls = tls
        self.answer = answer or (lambda message: message.create_ack())
        self.messages = []  # in order of arrival
        self.changed = threading.Condition()
        self.port = 0
        self.token = {}  # identifier: what it was told with last
        self.loop = self.thread = None

    # ---- the socket ----

    async def _talk(self, reader, writer):
        try:
            while True:
                message = await reader.readmessage()
                with self.changed:
                    self.messages.append(message)
                    answer = self.answer(message)
                    if answer is not None and str(answer.segment("MSA")[1]) == "AA":
                        self.take(message)
                    self.changed.notify_all()
                if answer is not None:
                    writer.writemessage(answer)
                    await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def open(self):
        started = threading.Event()

        async def serve():
            self.loop = asyncio.get_running_loop()
            self.stop = asyncio.Event()
            server = await hl7.mllp.start_hl7_server(self._talk, host="127.0.0.1", port=self.port,
                                                    ssl=self.tls)
            self.port = server.sockets[0].getsockname()[1]
            started.set()
            await self.stop.wait()
            server.close()
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()

        def run():
            asyncio.run(serve())

        self.thread = threading.Thread(target=run, daemon=True)
        self.thread.start()
        if not started.wait(10):
            raise RuntimeError("the receiver does not listen")
        return self

    def close(self):
        if self.thread is not None:
            self.loop.call_soon_threadsafe(self.stop.set)
            self.thread.join()
            self.thread = None

    # ---- what it was told ----

    def take(self, message):
        """The whole set of one patient: its members are in no other set any more."""
        token = object()
        for key in ids_of(message):
            self.token[key] = token

    def groups(self, known):
        """The partition of the known identifiers as this consumer sees it."""
        by_token = collections.defaultdict(list)
        for key in known:
            by_token[self.token.get(key, key)].append(key)
        return {frozenset(members) for members in by_token.values()}

    def wait(self, number, seconds=30):
        """Until that many messages came; all of them."""
        with self.changed:
            if not self.changed.wait_for(lambda: len(self.messages) >= number, seconds):
                raise RuntimeError(f"{len(self.messages)} of {number} messages came")
            return list(self.messages)
