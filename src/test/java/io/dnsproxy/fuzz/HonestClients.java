package io.dnsproxy.fuzz;

import static io.dnsproxy.analysis.Table.decimal;
import static io.dnsproxy.analysis.Table.number;

import io.dnsproxy.analysis.Table;
import io.dnsproxy.fuzz.Tally.Figures;

/** What honest clients have seen, as a table in Markdown. */
public final class HonestClients {

    private HonestClients() {}

    /** A row for each transport. */
    public static String table(Figures udp, Figures tcp, Figures tls) {
        Table table = new Table(
                1,
                "honest clients",
                "asked",
                "right",
                "repeated",
                "failed",
                "wrong",
                "unanswered",
                "p50 ms",
                "p99 ms",
                "worst ms");
        row(table, "UDP", udp);
        row(table, "TCP", tcp);
        row(table, "TLS", tls);
        return table.markdown();
    }

    private static void row(Table table, String transport, Figures seen) {
        table.row(
                transport,
                number(seen.asked()),
                number(seen.right()),
                number(seen.repeated()),
                number(seen.failed()),
                number(seen.wrong()),
                number(seen.unanswered()),
                decimal(seen.p50Millis()),
                decimal(seen.p99Millis()),
                decimal(seen.worstMillis()));
    }
}
