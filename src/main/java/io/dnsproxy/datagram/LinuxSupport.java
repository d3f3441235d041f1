package io.dnsproxy.datagram;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds out whether the native calls can be had: the right platform, allowed by the JVM, allowed by the kernel. */
final class LinuxSupport {

    /** The machines whose layouts and constants {@link LinuxCalls} and its users have. */
    private static final Set<String> MACHINES = Set.of("amd64", "x86_64", "aarch64");

    private LinuxSupport() {}

    /** Why not, or null if they can be had. */
    static @Nullable String refusal() {
        String system = System.getProperty("os.name", "");
        String machine = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        boolean littleEndian64 =
                ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN && ValueLayout.ADDRESS.byteSize() == Long.BYTES;
        if (!system.equals("Linux") || !MACHINES.contains(machine) || !littleEndian64) {
            return "there is no recvmmsg for " + system + " on " + machine + " here";
        }
        try {
            return trial();
        } catch (IOException | RuntimeException | LinkageError e) {
            return String.valueOf(e instanceof ExceptionInInitializerError ? e.getCause() : e);
        }
    }

    /** Sends a datagram to itself: a sandbox may refuse any of the calls. */
    private static @Nullable String trial() throws IOException {
        InetSocketAddress loopback = new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0);
        DatagramSettings settings = new DatagramSettings(List.of(loopback), 65_536, 65_536, 1);
        try (DatagramEndpoint endpoint = LinuxDatagramEndpoint.open(settings, false);
                DatagramSender sender = endpoint.sender()) {
            sender.add(new byte[1], 0, 1, Peer.of(endpoint.localAddresses().getFirst()));
            sender.flush();
            return endpoint.receive((_, _, _, _) -> {}, true) == 1 ? null : "sendmmsg sends nothing";
        }
    }
}
