package io.dnsproxy.app;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dnsproxy.listener.QueryLog;
import io.dnsproxy.listener.QueryLog.ClientDetail;
import io.dnsproxy.wire.Answer;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;
import tools.jackson.databind.json.JsonMapper;

/** Writes entries of the query log as JSON, each on one line. */
final class QueryLines {

    private static final double NANOS_PER_MICRO = 1_000;
    private static final double MICROS_PER_MILLI = 1_000;

    private final JsonMapper json = JsonMapper.builder().build();
    private final ClientDetail detail;
    private final List<String> upstreams;

    /**
     * @param detail what the entries have of clients' addresses
     * @param upstreams their names, in the order of their answers' origins
     */
    QueryLines(ClientDetail detail, List<String> upstreams) {
        this.detail = detail;
        this.upstreams = upstreams;
    }

    /** What does not apply is left out. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Line(
            String time,
            @Nullable String client,
            String transport,
            @Nullable String name,
            @Nullable String type,
            @JsonProperty("class") @Nullable String dnsClass,
            String rcode,
            boolean cached,
            @Nullable String upstream,
            double durationMs) {}

    /** The line, without its end. */
    String lineOf(QueryLog.Entry entry) {
        byte[] name = entry.name();
        return json.writeValueAsString(new Line(
                Instant.ofEpochMilli(entry.timeMillis()).toString(),
                clientOf(entry),
                entry.transport().name().toLowerCase(Locale.ROOT),
                name == null ? null : textOf(name),
                name == null ? null : Type.string(entry.type()),
                name == null ? null : DClass.string(entry.dnsClass()),
                Rcode.string(entry.rcode()),
                entry.atOnce(),
                entry.origin() == Answer.NO_ORIGIN ? null : upstreams.get(entry.origin() - 1),
                Math.round(entry.tookNanos() / NANOS_PER_MICRO) / MICROS_PER_MILLI));
    }

    private @Nullable String clientOf(QueryLog.Entry entry) {
        if (detail == ClientDetail.NONE) {
            return null;
        }
        byte[] octets = ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(entry.clientHigh())
                .putLong(entry.clientLow())
                .array();
        try {
            InetAddress address = InetAddress.getByAddress(octets); // one of IPv4 if it is mapped
            String text = NetUtil.toAddressString(address);
            boolean isIpv4 = address.getAddress().length == Integer.BYTES;
            return detail == ClientDetail.FULL ? text : text + (isIpv4 ? "/24" : "/48");
        } catch (UnknownHostException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Presentation format (RFC 1035 5.1): dots within labels and what is no ASCII are escaped, so every name has a text of its own. */
    private static String textOf(byte[] name) {
        try {
            return new Name(name).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
