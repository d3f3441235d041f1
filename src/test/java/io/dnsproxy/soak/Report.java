package io.dnsproxy.soak;

import static io.dnsproxy.analysis.Table.number;

import io.dnsproxy.analysis.Document;
import io.dnsproxy.analysis.Table;
import io.dnsproxy.fuzz.HonestClients;
import io.dnsproxy.fuzz.Vitals;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/** What was seen, in words and tables. */
final class Report {

    private Report() {}

    static String text(Soak.Result result) {
        String clients = HonestClients.table(
                result.seen().udp(), result.seen().tcp(), result.seen().tls());
        return vitals(result) + '\n' + clients + '\n' + course(result);
    }

    /** Fills in {@code soak.md}. */
    static void write(Soak.Result result, Path docs) throws IOException {
        new Document(docs.resolve("soak.md")).fill(Map.of("soak", '\n' + text(result)));
    }

    private static String vitals(Soak.Result result) {
        Table table = new Table(
                1, "", "heap after a collection, KiB", "direct memory, KiB", "threads", "descriptors", "resident, KiB");
        row(table, "before", result.before());
        Duration step = result.options().duration().dividedBy(result.looks().size());
        for (int look = 0; look < result.looks().size(); look++) {
            row(
                    table,
                    "under load, " + words(step.multipliedBy(look + 1)),
                    result.looks().get(look));
        }
        row(table, "after", result.after());
        return table.markdown();
    }

    private static void row(Table table, String name, Vitals vitals) {
        table.row(
                name,
                number(vitals.heapKibibytes()),
                number(vitals.directKibibytes()),
                number(vitals.threads()),
                number(vitals.descriptors()),
                number(vitals.residentKibibytes()));
    }

    private static String course(Soak.Result result) {
        return String.format(
                Locale.ROOT,
                "%s at %.0f %% of a processor. Resets of an upstream's connections: %d; outages of one: %d; rude clients: %,d; findings: %d.%n",
                words(result.options().duration()),
                result.seen().percent(),
                result.resets(),
                result.outages(),
                result.seen().rudeVisits(),
                result.findings().size());
    }

    private static String words(Duration duration) {
        long seconds = duration.toSeconds();
        return seconds % 60 == 0 ? seconds / 60 + " min" : seconds + " s";
    }
}
