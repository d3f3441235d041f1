package io.dnsproxy.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/**
 * What a {@link ScriptedResolver} does with one query, put together from small pieces:
 *
 * <pre>{@code
 * resolver.answer(query -> Reply.right().after(Duration.ofMillis(200)));
 * resolver.answer(query -> Reply.right().wrongId().thenRight());
 * resolver.answer(query -> query.number() == 3 ? Reply.none().thenReset() : Reply.right());
 * }</pre>
 *
 * Immutable: each method returns a new one. Any thread.
 */
public final class Reply {

    private static final Reply NONE = new Reply(List.of());
    private static final Reply RIGHT = sending(query -> Frames.framed(ExampleZone.answer(query.octets())));

    private final List<Step> steps;

    private Reply(List<Step> steps) {
        this.steps = steps;
    }

    /** The answer of {@link ExampleZone}. */
    public static Reply right() {
        return RIGHT;
    }

    /** Never an answer. */
    public static Reply none() {
        return NONE;
    }

    /** This message, with the query's id. */
    public static Reply of(Message message) {
        return of(message.toWire());
    }

    /** These octets as the message, with the query's id. */
    public static Reply of(byte[] message) {
        byte[] octets = message.clone();
        return sending(query -> withId(Frames.framed(octets), query.id()));
    }

    /** The answer of {@link ExampleZone} after a change. */
    public static Reply edited(UnaryOperator<Message> change) {
        return sending(query -> Frames.framed(
                change.apply(Frames.parsed(ExampleZone.answer(query.octets()))).toWire()));
    }

    /** The answer of {@link ExampleZone} with one more EDNS option; without it when the query has no OPT. */
    public static Reply withOption(EDNSOption option) {
        return edited(answer -> {
            OPTRecord opt = answer.getOPT();
            if (opt != null) {
                List<EDNSOption> options = new ArrayList<>(opt.getOptions());
                options.add(option);
                answer.removeRecord(opt, Section.ADDITIONAL);
                answer.addRecord(
                        new OPTRecord(
                                opt.getPayloadSize(),
                                opt.getExtendedRcode(),
                                opt.getVersion(),
                                opt.getFlags(),
                                options),
                        Section.ADDITIONAL);
            }
            return answer;
        });
    }

    /** A failure with the question and no record ({@link org.xbill.DNS.Rcode}). */
    public static Reply failure(int rcode) {
        return edited(answer -> {
            answer.removeAllRecords(Section.ANSWER);
            answer.removeAllRecords(Section.AUTHORITY);
            answer.getHeader().setRcode(rcode);
            return answer;
        });
    }

    /** These octets inside TLS, as they are: no length is put before them, so that a wrong one can be. */
    public static Reply bytes(byte[] stream) {
        byte[] octets = stream.clone();
        return sending(query -> octets.clone());
    }

    /** Ends the connection, with close_notify, instead of answering. */
    public static Reply closeBefore() {
        return NONE.closeAfter();
    }

    /** All of it, so much later. Other queries are not held up. */
    public Reply after(Duration delay) {
        return new Reply(joined(List.of(new Step.Wait(delay)), steps));
    }

    /** The same under an id that was not asked. */
    public Reply wrongId() {
        return changed(frame -> withId(frame, Frames.u16(frame, 2) ^ 0x2a2a));
    }

    /** The same answer to a question that was not asked: another name, the right id. */
    public Reply wrongQuestion() {
        return changed(frame -> Frames.framed(renamed(Frames.parsed(Arrays.copyOfRange(frame, 2, frame.length)))));
    }

    /** Each octet in a TLS record and a segment of its own. */
    public Reply inOneByteRecords() {
        return inRecordsOf(1);
    }

    /** Split into TLS records, each in a segment of its own. */
    public Reply inRecordsOf(int recordOctets) {
        return new Reply(steps.stream()
                .map(step -> step instanceof Step.Send send ? new Step.Send(send.octets(), recordOctets) : step)
                .toList());
    }

    /** Only the first octets of it, the two of the length counted, then the connection ends with close_notify. */
    public Reply closeHalfWay(int octets) {
        return changed(frame -> Arrays.copyOf(frame, Math.min(octets, frame.length)))
                .closeAfter();
    }

    /** Ends the connection with close_notify after this. */
    public Reply closeAfter() {
        return thenEnd(Ending.CLOSE_NOTIFY);
    }

    /** Ends the connection with RST after this; what was just sent may be lost with it, as on any network. */
    public Reply thenReset() {
        return thenEnd(Ending.RESET);
    }

    /** Ends the connection after this. */
    public Reply thenEnd(Ending ending) {
        return new Reply(joined(steps, List.of(new Step.End(ending))));
    }

    /** After this, the answer of {@link ExampleZone}. */
    public Reply thenRight() {
        return then(RIGHT);
    }

    /** After this, that. */
    public Reply then(Reply next) {
        return new Reply(joined(steps, next.steps));
    }

    List<Step> steps() {
        return steps;
    }

    /** One thing to do. Steps are done one after another. */
    sealed interface Step {

        record Wait(Duration delay) implements Step {}

        /** Octets, made when the query is there; at most so many of them in one TLS record. */
        record Send(Function<ReceivedQuery, byte[]> octets, int recordOctets) implements Step {}

        record End(Ending ending) implements Step {}
    }

    private static Reply sending(Function<ReceivedQuery, byte[]> octets) {
        return new Reply(List.of(new Step.Send(octets, Integer.MAX_VALUE)));
    }

    private Reply changed(UnaryOperator<byte[]> change) {
        return new Reply(steps.stream()
                .map(step -> step instanceof Step.Send send
                        ? new Step.Send(send.octets().andThen(change), send.recordOctets())
                        : step)
                .toList());
    }

    private static List<Step> joined(List<? extends Step> first, List<? extends Step> second) {
        List<Step> all = new ArrayList<>(first);
        all.addAll(second);
        return List.copyOf(all);
    }

    private static byte[] withId(byte[] frame, int id) {
        Frames.u16(frame, 2, id);
        return frame;
    }

    private static byte[] renamed(Message answer) {
        Message other = answer.clone();
        for (int section : new int[] {Section.QUESTION, Section.ANSWER}) {
            other.removeAllRecords(section);
            for (Record r : answer.getSection(section)) {
                other.addRecord(r.withName(ExampleZone.UNASKED), section);
            }
        }
        return other.toWire();
    }
}
