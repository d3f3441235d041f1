package io.dnsproxy.app.settings;

import java.time.Duration;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.util.unit.DataSize;

/** Refuses numbers, sizes and times outside their bounds, both ends of which are allowed. */
final class Bounds {

    /** The port of plain DNS, on which DNS over TLS must not run (RFC 7858 section 3.1). */
    static final int PLAIN_DNS_PORT = 53;

    private Bounds() {}

    static void check(String setting, int value, int least, int most) {
        if (value < least || value > most) {
            throw outside(setting, Integer.toString(value), Integer.toString(least), Integer.toString(most));
        }
    }

    static void check(String setting, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw outside(setting, text(value), text(least), text(most));
        }
    }

    static void check(String setting, DataSize value, String least, String most) {
        if (value.compareTo(DataSize.parse(least)) < 0 || value.compareTo(DataSize.parse(most)) > 0) {
            throw outside(setting, value.toString(), least, most);
        }
    }

    static void checkUpstreamPort(String setting, int port) {
        if (port == PLAIN_DNS_PORT) {
            throw new SettingException(
                    setting,
                    "is 53, the port of plain DNS, where TLS is not spoken",
                    "Write the server's DNS-over-TLS port, 853 at nearly all of them, or leave the port out.");
        }
        check(setting, port, 1, 65_535);
    }

    /** A step that may last longer than the whole would never end by its own time. */
    static void checkTimeouts(Duration connect, Duration attempt, Duration total) {
        Duration least = Duration.ofMillis(50);
        check("dnsproxy.upstream.total-timeout", total, least, Duration.ofMinutes(1));
        checkStep("dnsproxy.upstream.connect-timeout", connect, least, total);
        checkStep("dnsproxy.upstream.attempt-timeout", attempt, least, total);
    }

    /** Two bounds of the same thing. */
    static void checkOrder(String least, Duration leastValue, String most, Duration mostValue) {
        if (leastValue.compareTo(mostValue) > 0) {
            throw new SettingException(
                    least,
                    "is " + text(leastValue) + ", longer than " + most + ", which is " + text(mostValue),
                    "Write a time of at most " + text(mostValue) + ", or a longer " + most + ".");
        }
    }

    private static void checkStep(String setting, Duration step, Duration least, Duration total) {
        if (step.compareTo(total) > 0) {
            throw new SettingException(
                    setting,
                    "is " + text(step) + ", longer than dnsproxy.upstream.total-timeout, which is " + text(total),
                    "Write a time of at most " + text(total) + ", or a longer total-timeout.");
        }
        check(setting, step, least, total);
    }

    private static SettingException outside(String setting, String value, String least, String most) {
        return new SettingException(setting, "is " + value, "Write a value from " + least + " to " + most + ".");
    }

    static String text(Duration duration) {
        return duration.toMillis() % 1_000 == 0 ? duration.toSeconds() + "s" : DurationStyle.SIMPLE.print(duration);
    }
}
