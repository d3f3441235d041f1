package io.dnsproxy.listener;

import io.dnsproxy.listener.ListenerCounters.Drop;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.AnswerWriter;
import io.dnsproxy.wire.Header;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.ReplyOptions;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * What goes to one client by TCP or TLS. Answers are rendered when the client can take them; until then they stay unsent as they are, within
 * the bound for all clients. All of it happens on the connection's event loop; the caller flushes.
 */
final class TcpReplies {

    private static final int LENGTH_OCTETS = ReceivedFrames.LENGTH_OCTETS;
    private static final int MESSAGE_OCTETS_MAX = ReceivedFrames.MESSAGE_OCTETS_MAX;

    private static final long NANOS_PER_TENTH = 100_000_000;

    /** Each event loop's, so that an idle connection holds none of it. */
    private static final FastThreadLocal<Scratch> SCRATCH = new FastThreadLocal<>() {
        @Override
        protected Scratch initialValue() {
            return new Scratch();
        }
    };

    private final TcpListener listener;
    private final ClientAddress client;
    private final long idleTimeoutNanos;

    private @Nullable Queue<Reply> unsent;

    /** Answered at once, and their times not counted yet; since when. */
    private int hits;

    private long firstHitNanos;

    /** @param idleTimeoutNanos what those are told who ask for how long they may be idle */
    TcpReplies(TcpListener listener, ClientAddress client, long idleTimeoutNanos) {
        this.listener = listener;
        this.client = client;
        this.idleTimeoutNanos = idleTimeoutNanos;
    }

    /**
     * An answer that had to be found out.
     *
     * @param query a copy
     * @param readNanos when the query was read
     */
    record Reply(Query query, Answer answer, long readNanos) {}

    /** Writes what is known at once; the query was read just now. */
    void writeAtOnce(ChannelHandlerContext ctx, Query query, Answer answer, long nowNanos) {
        write(ctx, query, answer, nowNanos);
        if (hits++ == 0) {
            firstHitNanos = nowNanos;
        }
        if (listener.log() != null) {
            note(listener.log(), query, answer, true, System.nanoTime() - nowNanos);
        }
    }

    /** Counts the times of what was written at once since the last call, together. */
    void countHits() {
        if (hits > 0) {
            listener.counters().hitTimes().add(System.nanoTime() - firstHitNanos, hits);
            hits = 0;
        }
    }

    /** Writes, or keeps until the client takes earlier ones; who goes beyond the bound is let go. */
    void writeOrKeep(ChannelHandlerContext ctx, Reply reply, long nowNanos) {
        if (ctx.channel().isWritable()) {
            writeFoundOut(ctx, reply, nowNanos);
        } else if (listener.tryKeepUnsent(reply.answer.octets())) {
            if (unsent == null) {
                unsent = new ArrayDeque<>();
            }
            unsent.add(reply);
        } else {
            listener.counters().drop(Drop.CLIENT_GONE);
            ctx.close();
        }
    }

    /** Writes of what is unsent as much as the client can take. */
    void writeUnsent(ChannelHandlerContext ctx, long nowNanos) {
        while (unsent != null && ctx.channel().isWritable()) {
            Reply reply = unsent.remove();
            if (unsent.isEmpty()) {
                unsent = null;
            }
            listener.releaseUnsent(reply.answer.octets());
            writeFoundOut(ctx, reply, nowNanos);
        }
    }

    /** Whether answers wait for the client to take earlier ones. */
    boolean hasUnsent() {
        return unsent != null;
    }

    /** Forgets what is unsent: the client has gone. */
    void drop() {
        if (unsent != null) {
            for (Reply reply : unsent) {
                listener.releaseUnsent(reply.answer.octets());
                listener.counters().drop(Drop.CLIENT_GONE);
            }
            unsent = null;
        }
    }

    private void writeFoundOut(ChannelHandlerContext ctx, Reply reply, long nowNanos) {
        try {
            write(ctx, reply.query, reply.answer, nowNanos);
            listener.counters().missTimes().add(nowNanos - reply.readNanos, 1);
            if (listener.log() != null) {
                note(listener.log(), reply.query, reply.answer, false, nowNanos - reply.readNanos);
            }
        } catch (RuntimeException | Error e) {
            listener.counters().fault(e);
        }
    }

    /** Length and message in one buffer, so that they leave in one segment (RFC 7766 8). */
    private void write(ChannelHandlerContext ctx, Query query, Answer answer, long nowNanos) {
        Scratch scratch = SCRATCH.get();
        byte[] frame = scratch.frame;
        int octets = AnswerWriter.write(
                query,
                answer,
                answer.ageSeconds(nowNanos),
                MESSAGE_OCTETS_MAX,
                options(query, scratch.options),
                frame,
                LENGTH_OCTETS);
        frame[0] = (byte) (octets >>> 8);
        frame[1] = (byte) octets;
        ByteBuf buffer = ctx.alloc().directBuffer(LENGTH_OCTETS + octets).writeBytes(frame, 0, LENGTH_OCTETS + octets);
        listener.counters().response(answer.rcode(), Header.flags(frame, LENGTH_OCTETS));
        ctx.write(buffer, ctx.voidPromise());
    }

    private ReplyOptions options(Query query, ReplyOptions options) {
        if (!query.asksForOptions() && !listener.isEncrypted()) {
            return ReplyOptions.NONE;
        }
        options.clear();
        if (listener.isEncrypted()) {
            options.pad(); // to everyone with EDNS: RFC 7830 4 has it for those who pad, and lets us for the others
        }
        ServerCookies cookies = listener.cookies();
        if (cookies != null) {
            cookies.addTo(options, query, client.high(), client.low());
        }
        if (query.asksForKeepalive()) {
            options.keepalive(listener.isDraining() ? 0 : idleTimeoutNanos / NANOS_PER_TENTH);
        }
        return options;
    }

    private void note(QueryLog log, Query query, Answer answer, boolean atOnce, long tookNanos) {
        QueryLog.Transport transport = listener.isEncrypted() ? QueryLog.Transport.TLS : QueryLog.Transport.TCP;
        log.add(query, answer.rcode(), atOnce, answer.origin(), transport, client.high(), client.low(), tookNanos);
    }

    /** What one answer is rendered in. */
    private static final class Scratch {

        final ReplyOptions options = new ReplyOptions();
        final byte[] frame = new byte[LENGTH_OCTETS + MESSAGE_OCTETS_MAX];
    }
}
