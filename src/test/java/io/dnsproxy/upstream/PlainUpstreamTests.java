package io.dnsproxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dnsproxy.testkit.PlainResolver;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.testkit.ReceivedQuery;
import io.dnsproxy.testkit.Reply;
import io.dnsproxy.upstream.UpstreamException.Reason;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.Rcode;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Section;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

/** A server of plain DNS, seen from both sides of real sockets. */
class PlainUpstreamTests {

    private static final Duration ATTEMPT = Duration.ofMillis(150);
    private static final Duration TOTAL = Duration.ofMillis(400);
    private static final Duration LONG = Duration.ofSeconds(30);

    /** Room for what a test's bursts send at once. */
    private static final int IN_FLIGHT = 100;

    private PlainResolver resolver;
    private PlainUpstreams pool;
    private PlainUpstream upstream;

    @BeforeEach
    void start() throws Exception {
        resolver = PlainResolver.start();
        ask(resolver.port(), LONG, LONG, IN_FLIGHT, 1_000);
    }

    private void ask(int port, Duration attempt, Duration total, int inFlight, int waiting) {
        if (pool != null) {
            pool.close();
        }
        UpstreamSettings settings = new UpstreamSettings(
                Duration.ofSeconds(2), attempt, total, Duration.ofSeconds(8), 4, inFlight, waiting, List.of(), false);
        pool = new PlainUpstreams(List.of(new PlainServer(InetAddress.getLoopbackAddress(), port)), settings, 1);
        upstream = pool.upstreams().getFirst();
    }

    @AfterEach
    void stop() {
        pool.close();
        resolver.close();
    }

    private static Query query(String name, int type) {
        return Query.of(Queries.query(name, type).toWire());
    }

    private CompletableFuture<Answer> ask(String name) {
        return upstream.exchange(query(name, Type.A), Upstream.Asker.PATIENT);
    }

    private static Reason reasonOf(CompletableFuture<Answer> failed) {
        Throwable thrown = failed.handle((answer, failure) -> failure)
                .orTimeout(5, TimeUnit.SECONDS)
                .join();
        assertThat(thrown).isInstanceOf(UpstreamException.class);
        return ((UpstreamException) thrown).reason();
    }

    private static Answer answerOf(CompletableFuture<Answer> answer) throws Exception {
        return answer.get(5, TimeUnit.SECONDS);
    }

    private static Reply truncated() {
        return Reply.edited(answer -> {
            answer.removeAllRecords(Section.ANSWER);
            answer.getHeader().setFlag(Flags.TC);
            return answer;
        });
    }

    @Test
    void asksInClearWithoutPaddingForWhatFitsOneFragment() throws Exception {
        Message asked = Queries.withEdns(Queries.query("WWW.example.org"), 4096, ExtendedFlags.DO);
        asked.getHeader().setFlag(Flags.CD);

        Answer answer = answerOf(upstream.exchange(Query.of(asked.toWire()), Upstream.Asker.PATIENT));

        assertThat(answer.rcode()).isEqualTo(Rcode.NOERROR);
        Message sent = resolver.byUdp().getFirst().message();
        assertThat(sent.getQuestion().getName().toString()).isEqualTo("WWW.example.org.");
        assertThat(sent.getOPT().getPayloadSize()).isEqualTo(1232);
        assertThat(sent.getOPT().getOptions()).isEmpty();
        assertThat(sent.getOPT().getFlags()).isEqualTo(ExtendedFlags.DO);
        assertThat(sent.getHeader().getFlag(Flags.RD)).isTrue();
        assertThat(sent.getHeader().getFlag(Flags.AD)).isTrue();
        assertThat(sent.getHeader().getFlag(Flags.CD)).isTrue();
        assertThat(upstream.counters().answered()).isEqualTo(1);
        assertThat(upstream.status().everConnected()).isTrue();
    }

    @Test
    void eachQueryHasAPortAndAnIdThatCannotBeGuessed() throws Exception {
        List<CompletableFuture<Answer>> answers = new ArrayList<>();
        for (int i = 0; i < IN_FLIGHT; i++) {
            answers.add(ask("name-" + i + ".example.org"));
        }
        for (CompletableFuture<Answer> answer : answers) {
            answerOf(answer);
        }

        List<Integer> ports =
                resolver.byUdp().stream().map(ReceivedQuery::connection).toList();
        assertThat(new HashSet<>(ports)).hasSizeGreaterThan(IN_FLIGHT - 5);
        // By chance, a hundred steps between neighbors that are all small do not happen.
        assertThat(steps(ports)).anyMatch(step -> Math.abs(step) > 1_000);
        assertThat(resolver.byUdp().stream().map(ReceivedQuery::id).collect(Collectors.toSet()))
                .hasSizeGreaterThan(IN_FLIGHT - 5);
        assertThat(steps(resolver.byUdp().stream().map(ReceivedQuery::id).toList()))
                .anyMatch(step -> Math.abs(step) > 1_000);
        await().until(() -> upstream.counters().inFlight() == 0);
    }

    private static List<Integer> steps(List<Integer> values) {
        List<Integer> steps = new ArrayList<>();
        for (int i = 1; i < values.size(); i++) {
            steps.add(values.get(i) - values.get(i - 1));
        }
        return steps;
    }

    @Test
    void passesOverWhatHasAnotherIdOrAnotherQuestion() throws Exception {
        resolver.answer(query -> Reply.right()
                .wrongId()
                .then(Reply.right().wrongQuestion())
                .then(Reply.bytes(new byte[] {0, 0, 1, 2, 3}))
                .thenRight());

        assertThat(answerOf(ask("www.example.org")).rcode()).isEqualTo(Rcode.NOERROR);

        assertThat(upstream.counters().mismatched()).isEqualTo(3);
        assertThat(resolver.byUdp()).hasSize(1);
    }

    @Test
    void hearsNobodyButTheServer() throws Exception {
        resolver.answer(query -> Reply.none());
        CompletableFuture<Answer> answer = ask("www.example.org");
        await().until(() -> resolver.byUdp().size() == 1);
        ReceivedQuery received = resolver.byUdp().getFirst();
        Message forged = new Message(received.id());
        forged.getHeader().setFlag(Flags.QR);
        forged.getHeader().setRcode(Rcode.NXDOMAIN);
        forged.addRecord(received.message().getQuestion(), Section.QUESTION);
        byte[] octets = forged.toWire();

        try (DatagramSocket other = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            other.send(
                    new DatagramPacket(octets, octets.length, InetAddress.getLoopbackAddress(), received.connection()));
        }
        forged.getHeader().setRcode(Rcode.NOERROR);
        resolver.send(forged.toWire(), received.connection());

        assertThat(answerOf(answer).rcode()).isEqualTo(Rcode.NOERROR);
        assertThat(upstream.counters().mismatched()).isZero();
    }

    @Test
    void whereSomebodyGuessesItAsksByTcp() throws Exception {
        Reply guesses = Reply.none();
        for (int i = 0; i < PlainExchange.MISMATCHES_MAX; i++) {
            guesses = guesses.then(Reply.right().wrongId());
        }
        Reply all = guesses.then(Reply.failure(Rcode.REFUSED));
        resolver.answer(query -> all);
        resolver.answerByTcp(query -> Reply.right());

        assertThat(answerOf(ask("www.example.org")).rcode()).isEqualTo(Rcode.NOERROR);

        assertThat(resolver.byTcp()).hasSize(1);
    }

    @Test
    void whatIsTooLargeForUdpComesWholeByTcp() throws Exception {
        resolver.answer(query -> truncated());
        resolver.answerByTcp(query -> Reply.right());

        Answer answer = answerOf(upstream.exchange(query("huge.example.org", Type.TXT), Upstream.Asker.PATIENT));

        assertThat(answer.octets()).isGreaterThan(50_000);
        assertThat(answer.truncated()).isFalse();
        assertThat(resolver.byUdp()).hasSize(1);
        assertThat(resolver.byTcp()).hasSize(1);
        assertThat(resolver.byTcp().getFirst().message().getOPT().getOptions()).isEmpty();
        assertThat(upstream.counters().dials()).isEqualTo(1);
    }

    @Test
    void byTcpTooAWrongAnswerIsPassedOverAndATruncatedOneIsWhatThereIs() throws Exception {
        resolver.answer(query -> truncated());
        resolver.answerByTcp(query -> Reply.right().wrongId().then(truncated()));

        assertThat(answerOf(ask("www.example.org")).truncated()).isTrue();
    }

    @Test
    void aServerThatHasNoTcpOrClosesItFailsTheQuery() {
        resolver.answer(query -> truncated());
        resolver.answerByTcp(query -> Reply.closeBefore());
        assertThat(reasonOf(ask("www.example.org"))).isEqualTo(Reason.CLOSED);

        resolver.stopListening();
        assertThat(reasonOf(ask("mail.example.org"))).isEqualTo(Reason.CLOSED);
    }

    @Test
    void aLongSignedQueryGoesByTcpAsItCame() throws Exception {
        Message signed = Queries.query("www.example.org");
        signed.addRecord(
                new TXTRecord(Name.root, DClass.IN, 0, Collections.nCopies(6, "a".repeat(250))), Section.ADDITIONAL);
        new TSIG(TSIG.HMAC_SHA256, "key.example.org.", "c2VjcmV0").apply(signed, null);
        byte[] wire = signed.toWire(Message.MAXLENGTH);
        resolver.answerByTcp(query -> Reply.right());

        answerOf(upstream.exchange(Query.of(wire), Upstream.Asker.PATIENT));

        assertThat(resolver.byUdp()).isEmpty();
        byte[] sent = resolver.byTcp().getFirst().octets();
        assertThat(Arrays.copyOfRange(sent, 2, sent.length)).isEqualTo(Arrays.copyOfRange(wire, 2, wire.length));
    }

    @Test
    void aBrokenAnswerIsMalformed() {
        resolver.answer(query -> {
            byte[] octets = query.octets();
            octets[2] |= (byte) 0x80;
            octets[7] = 7; // answers that are not there
            return Reply.of(octets);
        });

        assertThat(reasonOf(ask("www.example.org"))).isEqualTo(Reason.MALFORMED);
    }

    @Test
    void aPortWhereNobodyListensFailsAtOnceAndIsLeftAloneForAMoment() {
        resolver.close();

        // how often the system tells that a port is closed is limited for all programs together
        await().until(() -> ask("www.example.org")
                                .handle((answer, failure) -> failure)
                                .completeOnTimeout(null, 1, TimeUnit.SECONDS)
                                .join()
                        instanceof UpstreamException failure
                && failure.reason() == Reason.CLOSED);

        assertThat(upstream.status().usable()).isFalse();
        await().until(upstream::isUsable); // for another try
        assertThat(upstream.status().usable()).isFalse();
    }

    @Test
    void silenceEndsAfterTheTotalTimeAndAnAnswerMakesItUsableAgain() throws Exception {
        ask(resolver.port(), ATTEMPT, ATTEMPT.multipliedBy(20), IN_FLIGHT, 1_000);
        resolver.answer(query -> Reply.none());

        CompletableFuture<Answer> unanswered = ask("www.example.org");
        await().until(() -> !upstream.status().usable());
        assertThat(unanswered).isNotDone();
        assertThat(reasonOf(unanswered)).isEqualTo(Reason.TIMEOUT);

        resolver.answer(query -> Reply.right());
        answerOf(ask("www.example.org"));
        assertThat(upstream.status().usable()).isTrue();
        assertThat(upstream.recoveries()).as("it may have been the name").isZero();
    }

    @Test
    void aNameThatIsNeverAnsweredDoesNotTakeTheServerDown() throws Exception {
        ask(resolver.port(), ATTEMPT, TOTAL, IN_FLIGHT, 1_000);
        resolver.answer(query -> query.isFor("never.example.org") ? Reply.none() : Reply.right());

        CompletableFuture<Answer> never = ask("never.example.org");
        await().until(() -> resolver.byUdp().size() == 1);
        answerOf(ask("www.example.org"));

        assertThat(reasonOf(never)).isEqualTo(Reason.TIMEOUT);
        assertThat(upstream.status().usable()).isTrue();
    }

    @Test
    void aLateAnswerIsStillOne() throws Exception {
        ask(resolver.port(), ATTEMPT, LONG, IN_FLIGHT, 1_000);
        resolver.answer(query -> Reply.right().after(ATTEMPT.multipliedBy(3)));

        assertThat(answerOf(ask("www.example.org")).rcode()).isEqualTo(Rcode.NOERROR);
    }

    @Test
    void queriesBeyondTheBoundWaitAndThoseBeyondThatFail() throws Exception {
        ask(resolver.port(), LONG, LONG, 2, 1);
        resolver.answer(query -> Reply.none());
        CompletableFuture<Answer> first = ask("one.example.org");
        CompletableFuture<Answer> second = ask("two.example.org");
        CompletableFuture<Answer> third = ask("three.example.org");

        assertThat(reasonOf(ask("four.example.org"))).isEqualTo(Reason.OVERLOADED);
        await().until(() -> resolver.byUdp().size() == 2);
        assertThat(upstream.counters().inFlight()).isEqualTo(2);
        assertThat(upstream.counters().waiting()).isEqualTo(1);

        resolver.answer(query -> Reply.right());
        first.cancel(false);

        assertThat(answerOf(third).rcode()).isEqualTo(Rcode.NOERROR);
        assertThat(second).isNotDone();
    }

    @Test
    void endsWithWhatIsUnanswered() {
        resolver.answer(query -> Reply.none());
        CompletableFuture<Answer> unanswered = ask("www.example.org");
        await().until(() -> resolver.byUdp().size() == 1);

        pool.close();

        assertThat(reasonOf(unanswered)).isEqualTo(Reason.STOPPED);
        assertThat(reasonOf(ask("mail.example.org"))).isEqualTo(Reason.STOPPED);
    }
}
