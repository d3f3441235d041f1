package io.dnsproxy.resolver.local;

import io.dnsproxy.resolver.local.SpecialZone.Kind;
import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.Name;
import io.dnsproxy.wire.Query;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Names that mean something on this host or network only, or nothing at all: a public resolver has no answer to them, and need not
 * learn that they were asked for. Immutable; a look-up of any other name compares its end with a handful of names.
 */
public final class SpecialNames {

    private static final byte[] ARPA = Name.octets("arpa");

    /** RFC 6761 6.2 to 6.4, RFC 6762 22.1, RFC 7686 2, RFC 9476 3. */
    private static final List<SpecialZone> TOP_LEVEL = List.of(
            new SpecialZone("localhost", Kind.LOOPBACK),
            new SpecialZone("invalid", Kind.NO_SUCH_NAME),
            new SpecialZone("test", Kind.NO_SUCH_NAME),
            new SpecialZone("local", Kind.NO_SUCH_NAME),
            new SpecialZone("onion", Kind.NO_SUCH_NAME),
            new SpecialZone("alt", Kind.NO_SUCH_NAME));

    private static final List<SpecialZone> UNDER_ARPA = underArpa();

    private final boolean enabled;
    private final byte[][] except;

    private SpecialNames(boolean enabled, List<String> except) {
        this.enabled = enabled;
        this.except = except.stream().map(Name::octets).toArray(byte[][]::new);
    }

    /**
     * All of them but some.
     *
     * @param except names that are asked for upstream all the same, and so are the names under them
     * @throws IllegalArgumentException if one is no domain name
     */
    public static SpecialNames except(List<String> except) {
        return new SpecialNames(true, except);
    }

    /** None of them. */
    public static SpecialNames none() {
        return new SpecialNames(false, List.of());
    }

    /** Looks at a query of class IN; null if its name is not special. */
    @Nullable
    Answer find(Query query) {
        if (!enabled) {
            return null;
        }
        for (SpecialZone zone : query.isAtOrUnder(ARPA) ? UNDER_ARPA : TOP_LEVEL) {
            Answer answer = zone.find(query);
            if (answer != null) {
                return isExcepted(query) ? null : answer;
            }
        }
        return null;
    }

    private boolean isExcepted(Query query) {
        for (byte[] name : except) {
            if (query.isAtOrUnder(name)) {
                return true;
            }
        }
        return false;
    }

    private static List<SpecialZone> underArpa() {
        List<SpecialZone> zones = new ArrayList<>();
        zones.add(new SpecialZone("resolver.arpa", Kind.NO_DATA));
        emptyZones().forEach(name -> zones.add(new SpecialZone(name, Kind.EMPTY_ZONE)));
        return List.copyOf(zones);
    }

    private static Stream<String> emptyZones() {
        String zero = "0.".repeat(31);
        Stream<String> named = Stream.of(
                "home.arpa", // RFC 8375 4
                "10.in-addr.arpa", // RFC 6303 4.1
                "168.192.in-addr.arpa",
                "0.in-addr.arpa", // RFC 6303 4.2
                "127.in-addr.arpa",
                "254.169.in-addr.arpa",
                "2.0.192.in-addr.arpa",
                "100.51.198.in-addr.arpa",
                "113.0.203.in-addr.arpa",
                "255.255.255.255.in-addr.arpa",
                "0." + zero + "ip6.arpa", // RFC 6303 4.3
                "1." + zero + "ip6.arpa",
                "d.f.ip6.arpa", // RFC 6303 4.4
                "8.e.f.ip6.arpa", // RFC 6303 4.5
                "9.e.f.ip6.arpa",
                "a.e.f.ip6.arpa",
                "b.e.f.ip6.arpa",
                "8.b.d.0.1.0.0.2.ip6.arpa"); // RFC 6303 4.6
        Stream<String> privateUse = IntStream.rangeClosed(16, 31).mapToObj(octet -> octet + ".172.in-addr.arpa");
        Stream<String> shared =
                IntStream.rangeClosed(64, 127).mapToObj(octet -> octet + ".100.in-addr.arpa"); // RFC 7793
        return Stream.of(named, privateUse, shared).flatMap(names -> names);
    }
}
