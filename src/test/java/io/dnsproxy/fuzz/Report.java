package io.dnsproxy.fuzz;

import static io.dnsproxy.analysis.Table.decimal;
import static io.dnsproxy.analysis.Table.number;

import io.dnsproxy.analysis.Document;
import io.dnsproxy.analysis.Table;
import io.dnsproxy.fuzz.SocketFuzz.Result;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** What was seen, in words and tables. */
final class Report {

    private Report() {}

    static String text(Result result) {
        String clients = HonestClients.table(result.udp(), result.tcp(), result.tls());
        return sent(result) + '\n' + clients + '\n' + vitals(result.before(), result.after());
    }

    /** Fills in {@code fuzzing.md}. */
    static void write(Result result, Path docs) throws IOException {
        new Document(docs.resolve("fuzzing.md")).fillIn(Map.of("sockets", '\n' + text(result)));
    }

    private static String sent(Result result) {
        DatagramAttack.Figures datagrams = result.datagrams();
        StreamAttack.Figures streams = result.streams();
        Counts counts = result.counts();
        return new Table(1, "sent", "")
                .row("datagrams", number(datagrams.sent()))
                .row("a second", number(Math.round(datagrams.perSecond())))
                .row("of them, no queries at all", number(datagrams.unanswerable()))
                .row("answers to the others", number(datagrams.answered()))
                .row("octets of answers for each octet sent", decimal(ratio(datagrams)))
                .row("datagrams that the proxy has counted, honest ones too", number(counts.received()))
                .row("those that the system dropped before it", number(counts.socketDrops()))
                .row("messages by TCP and TLS", number(streams.frames()))
                .row("a second", number(Math.round(streams.perSecond())))
                .row("connections", number(streams.connections()))
                .row("answers by TCP and TLS", number(streams.answers()))
                .row("queries to the upstream", number(counts.upstream()))
                .row("findings", number(result.findings().size()))
                .markdown();
    }

    private static String vitals(Vitals before, Vitals after) {
        return new Table(1, "the proxy", "before", "after")
                .row("heap after a collection, KiB", number(before.heapKibibytes()), number(after.heapKibibytes()))
                .row("direct memory, KiB", number(before.directKibibytes()), number(after.directKibibytes()))
                .row("threads", number(before.threads()), number(after.threads()))
                .row("descriptors", number(before.descriptors()), number(after.descriptors()))
                .row("resident, KiB", number(before.residentKibibytes()), number(after.residentKibibytes()))
                .markdown();
    }

    private static double ratio(DatagramAttack.Figures datagrams) {
        return datagrams.sentOctets() == 0 ? 0 : (double) datagrams.answeredOctets() / datagrams.sentOctets();
    }
}
