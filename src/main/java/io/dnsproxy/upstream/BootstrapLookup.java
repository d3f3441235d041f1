package io.dnsproxy.upstream;

import io.dnsproxy.wire.Answer;
import io.dnsproxy.wire.DnsClass;
import io.dnsproxy.wire.Header;
import io.dnsproxy.wire.Name;
import io.dnsproxy.wire.Query;
import io.dnsproxy.wire.RecordType;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Looks names up over DNS over TLS at servers that are given by address, so that not even this leaves in the clear. Asks
 * one after the other until one knows; IPv4 addresses come first.
 */
public final class BootstrapLookup implements HostLookup {

    private final List<? extends Upstream> servers;

    /** @param servers at least one, each given by address */
    public BootstrapLookup(List<? extends Upstream> servers) {
        this.servers = List.copyOf(servers);
    }

    @Override
    public CompletionStage<HostAddresses> lookUp(String host) {
        return addressesOf(host, RecordType.A).thenCombine(addressesOf(host, RecordType.AAAA), BootstrapLookup::both);
    }

    private static HostAddresses both(HostAddresses ipv4, HostAddresses ipv6) {
        if (ipv4.addresses().isEmpty() || ipv6.addresses().isEmpty()) {
            return ipv4.addresses().isEmpty() ? ipv6 : ipv4;
        }
        List<InetAddress> all = new ArrayList<>(ipv4.addresses());
        all.addAll(ipv6.addresses());
        return new HostAddresses(all, ipv4.ttl().compareTo(ipv6.ttl()) < 0 ? ipv4.ttl() : ipv6.ttl());
    }

    private CompletionStage<HostAddresses> addressesOf(String host, int type) {
        return ask(Query.of(queryOf(host, type)), 0).handle((answer, failure) -> {
            List<InetAddress> addresses = new ArrayList<>();
            if (answer != null) {
                answer.answerData(type).forEach(octets -> addTo(addresses, octets));
            }
            return new HostAddresses(
                    addresses, answer == null ? Duration.ZERO : Duration.ofSeconds(answer.leastTtlSeconds()));
        });
    }

    private CompletionStage<Answer> ask(Query query, int index) {
        CompletionStage<Answer> asked = servers.get(index).exchange(query, Upstream.Asker.PATIENT);
        if (index == servers.size() - 1) {
            return asked;
        }
        return asked.handle((answer, failure) -> answer != null && answer.answerRecords() > 0
                        ? CompletableFuture.completedFuture(answer)
                        : ask(query, index + 1))
                .thenCompose(next -> next);
    }

    private static void addTo(List<InetAddress> addresses, byte[] octets) {
        try {
            addresses.add(InetAddress.getByAddress(octets));
        } catch (UnknownHostException e) {
            // Neither 4 nor 16 octets: no address.
        }
    }

    /** A query for a host name that the settings have checked. */
    private static byte[] queryOf(String host, int type) {
        byte[] name = Name.octets(host);
        return ByteBuffer.allocate(Header.OCTETS + name.length + 4)
                .putShort((short) 0)
                .putShort((short) Header.RD)
                .putShort((short) 1)
                .position(Header.OCTETS)
                .put(name)
                .putShort((short) type)
                .putShort((short) DnsClass.IN)
                .array();
    }
}
