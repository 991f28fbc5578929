package io.llmgateway.pipeline;

import io.llmgateway.balancing.Balancer;
import io.llmgateway.balancing.Siblings;
import io.llmgateway.converters.Choices;
import io.llmgateway.converters.Translation;
import io.llmgateway.model.CallerFault;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.ProviderName;
import io.llmgateway.model.RequestEvent.Attempted;
import io.llmgateway.model.Usage;
import io.llmgateway.pipeline.AttemptPolicy.Next;
import io.llmgateway.pipeline.AttemptPolicy.Position;
import io.llmgateway.upstream.Cancellation;
import io.llmgateway.wire.OutBuffer;
import io.llmgateway.wire.Slice;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Several answers of one target that gives one at a time: each is asked for in a thread of its own, with the instances,
 * retries and timeouts that a single answer has, and the client gets them as one. Until all have their first content
 * nothing is sent; one that fails before it ends the others, and the request goes on as if there were one answer.
 * Afterwards the pieces of streams go out as they come. The request's own thread alone writes to the client; the others
 * are joined before it goes on. Confined to one request.
 */
final class ParallelChoices implements AnswerSource, Opened {
    private static final int FIRST_OUT_BYTES = 256;

    private final AttemptLoop loop;
    private final Services services;
    private final RequestContext context;
    private final Way way;
    private final Translation translation;
    private final Choices choices;
    private final boolean last;
    private final Progress progress;
    private final Meeting meeting;
    private final List<RequestRecord> records = new ArrayList<>();
    private final List<MemoryBudget.Share> shares = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private List<Progress> each = List.of();
    private boolean told;
    private boolean complete;
    private boolean accounted;
    private boolean closed;

    /**
     * The answers of one target.
     *
     * @param translation the request in the target's protocol
     * @param choices the answers to it
     * @param last true when the request has no other target
     */
    ParallelChoices(
            AttemptLoop loop,
            Services services,
            RequestContext context,
            Way way,
            Translation translation,
            Choices choices,
            boolean last,
            Progress progress) {
        this.loop = loop;
        this.services = services;
        this.context = context;
        this.way = way;
        this.translation = translation;
        this.choices = choices;
        this.last = last;
        this.progress = progress;
        this.meeting = new Meeting(choices.count());
    }

    /** The request's own cancellation ends nothing here: what interrupts the request interrupts each of its answers. */
    @Override
    public Opened open(Cancellation cancellation) {
        context.record().stopwatch().waits(services.now());
        boolean opened = false;
        try {
            List<RequestContext> contexts = prepare();
            if (translation.streamed()) {
                takePlaces();
            }
            start(contexts);
            if (!meeting.allBegun()) {
                throw failure();
            }
            context.record().attempts().begun(logs(0));
            if (translation.streamed()) {
                // the head of a stream is sent next; whole answers may still be told
                lost();
            }
            told = true;
            opened = true;
            return this;
        } finally {
            if (!opened) {
                close();
            }
        }
    }

    private List<RequestContext> prepare() {
        List<RequestContext> contexts = new ArrayList<>();
        List<Commit> commits = new ArrayList<>();
        for (int i = 0; i < choices.count(); i++) {
            MemoryBudget.Share memory =
                    services.memory().share(context.principal().key().value());
            shares.add(memory);
            records.add(context.record().choice());
            contexts.add(context.choice(new ChoiceSink(meeting, i, memory), records.getLast(), memory));
            commits.add(new Commit(contexts.getLast(), services, meeting));
        }
        each = progress.choices(commits, new Siblings(translation.streamed()));
        return contexts;
    }

    /** Streams hold their places until all have begun, so that all are taken in one step: some alone are of no use. */
    private void takePlaces() {
        progress.waits(Thread.currentThread());
        try {
            ProviderName provider = way.target().provider();
            Balancer balancer = context.snapshot().balancer();
            refuseWhatNeverFits(provider, balancer.places(provider));
            balancer.chooseAll(
                    each.stream().map(Progress::lease).toList(), provider, Set.of(), SessionIds.of(context), last);
        } catch (GatewayException e) {
            GatewayException cause = progress.explained(e);
            Next next = AttemptPolicy.next(
                    cause.error().kind(),
                    last ? Position.LAST : Position.TARGETS_LEFT,
                    way.options().fallbackOn());
            meeting.failed(0, cause, next == Next.GIVE_UP);
            throw cause;
        } finally {
            progress.waits(null);
        }
    }

    private void refuseWhatNeverFits(ProviderName provider, long places) {
        if (places > 0 && places < choices.count()) {
            throw new GatewayException(new CallerFault.InvalidField(
                    "n",
                    "'n' must be at most " + places + " in a stream for this model's provider (the max-concurrent of"
                            + " all instances of providers." + provider.value() + " together is " + places + ")"));
        }
    }

    private void start(List<RequestContext> contexts) {
        for (int i = 0; i < choices.count(); i++) {
            int index = i;
            threads.add(
                    Thread.ofVirtual().name("choice").start(() -> run(index, contexts.get(index), each.get(index))));
        }
    }

    private void run(int index, RequestContext own, Progress its) {
        try {
            Translation one =
                    choices.choice(index, own.memory(), services.random().get());
            try {
                if (!loop.tryTarget(own, way, () -> one, last, its)) {
                    meeting.failed(index, its.lastFailure(), false);
                }
            } finally {
                one.end();
            }
        } catch (Throwable e) {
            // the boundary of an answer: whatever it is, the request's own thread throws it again
            meeting.failed(index, e, true);
        }
    }

    /** What the first of them that failed has failed with; who ended the request from outside comes before all. */
    private GatewayException failure() {
        return switch (meeting.failure()) {
            case GatewayException e -> progress.explained(e);
            case Error e -> throw e;
            case RuntimeException e -> throw e;
            case null, default -> throw new IllegalStateException("a response has failed without saying why");
        };
    }

    /** What to do after a failure before any content reached the client. */
    Next next() {
        return meeting.lastWord() ? Next.GIVE_UP : Next.TARGET;
    }

    @Override
    public AnswerHead head() {
        return AnswerHead.own(translation.streamed() ? AnswerHead.Body.EVENT_STREAM : AnswerHead.Body.JSON);
    }

    @Override
    public void won() {
        translation.release();
    }

    @Override
    public void relayTo(AnswerSink sink) {
        AnswerHead head = head();
        boolean stream = translation.streamed();
        if (stream) {
            sink.start(head);
        }
        meeting.go();
        for (Slice piece = meeting.next(); piece != null; piece = meeting.next()) {
            sink.write(piece.bytes(), piece.length());
            meeting.sent();
        }
        if (meeting.failure() != null) {
            throw failure();
        }
        OutBuffer out = new OutBuffer(FIRST_OUT_BYTES, context.memory());
        try {
            choices.finish(meeting.answers(), account(false), out);
            complete = true;
            if (stream) {
                sink.end(out.array(), out.length());
            } else {
                sink.whole(head, out.array(), out.length());
            }
        } finally {
            out.free();
        }
    }

    /**
     * What all of them have used; of a good end it is said before the client can read it.
     *
     * @param joined true when all threads have ended, some of them perhaps badly
     */
    private Usage account(boolean joined) {
        accounted = true;
        lost();
        List<Charge> charges = new ArrayList<>();
        for (RequestRecord record : records) {
            record.charge().over(joined ? how(record) : null);
            charges.add(record.charge());
        }
        return context.record().charge().sum(way.target().model().value(), charges);
    }

    /** What could not be told of any of them. */
    private void lost() {
        context.record()
                .lost(records.stream()
                        .flatMap(record -> record.lost().stream())
                        .distinct()
                        .toList());
    }

    /** How an answer ended; null for a good end, or when it was not asked for. */
    private static @Nullable ErrorKind how(RequestRecord record) {
        List<Attempted> all = record.attempts().all();
        return all.isEmpty() ? null : all.getLast().failure();
    }

    /** Those that ended for their own reasons come last. */
    private List<AttemptLog> logs(int last) {
        List<AttemptLog> logs = new ArrayList<>();
        for (int i = 1; i <= records.size(); i++) {
            logs.add(records.get((last + i) % records.size()).attempts());
        }
        return logs;
    }

    /** Ends what still runs and waits for the end; harmless when called again. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        meeting.close();
        if (!complete) {
            each.forEach(Progress::clientGone);
        }
        threads.forEach(ParallelChoices::join);
        // of one that was not used
        each.forEach(one -> one.lease().close());
        shares.forEach(MemoryBudget.Share::close);
        progress.joined();
        context.record().stopwatch().goesOn(services.now());
        List<AttemptLog> logs = logs(Math.max(0, meeting.failing()));
        if (!told) {
            context.record().attempts().begun(logs);
        }
        context.record().attempts().over(logs);
        if (!accounted) {
            account(true);
        }
    }

    /** They end by themselves, soon: an interrupt only makes that urgent for somebody else. */
    private static void join(Thread thread) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
