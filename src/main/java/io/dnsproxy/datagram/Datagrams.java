package io.dnsproxy.datagram;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Opens endpoints with the best implementation that this platform lets us have, chosen once. */
public final class Datagrams {

    private Datagrams() {}

    /**
     * Opens an endpoint for each worker, all on the same addresses and ports: the kernel spreads the peers over them.
     * Fewer, but one, where the platform cannot share a port.
     *
     * <p>A port that is shared does not keep a second process of the same user off: bind TCP first, without sharing.
     *
     * @throws DatagramBindException if an address cannot be had; then nothing stays open
     */
    public static List<DatagramEndpoint> open(DatagramSettings settings, int workers) throws IOException {
        return open(
                settings, workers, Choice.REFUSAL == null ? LinuxDatagramEndpoint::open : NioDatagramEndpoint::open);
    }

    /** What was chosen and, if it is not the best, why; for the log. */
    public static String describe() {
        return Choice.REFUSAL == null ? "recvmmsg/sendmmsg" : "NIO, because " + Choice.REFUSAL;
    }

    /** Made when the first endpoint is opened, or described. */
    private static final class Choice {
        private static final @Nullable String REFUSAL = LinuxSupport.refusal();
    }

    /** Opens the sockets of one worker, or throws and leaves none open. */
    @FunctionalInterface
    interface Implementation {
        DatagramEndpoint open(DatagramSettings settings, boolean sharePort) throws IOException;
    }

    static List<DatagramEndpoint> open(DatagramSettings settings, int workers, Implementation implementation)
            throws IOException {
        if (workers < 1) {
            throw new IllegalArgumentException("workers must be positive: " + workers);
        }
        boolean sharePort = workers > 1 && canSharePort();
        List<DatagramEndpoint> endpoints = new ArrayList<>();
        try {
            DatagramEndpoint first = implementation.open(settings, sharePort);
            endpoints.add(first);
            DatagramSettings bound = withPortsOf(first, settings);
            while (sharePort && endpoints.size() < workers) {
                endpoints.add(implementation.open(bound, true));
            }
            return List.copyOf(endpoints);
        } catch (IOException | RuntimeException e) {
            endpoints.forEach(DatagramEndpoint::close);
            throw e;
        }
    }

    private static DatagramSettings withPortsOf(DatagramEndpoint endpoint, DatagramSettings settings) {
        List<InetSocketAddress> addresses = new ArrayList<>();
        for (int i = 0; i < settings.addresses().size(); i++) {
            addresses.add(new InetSocketAddress(
                    settings.addresses().get(i).getAddress(),
                    endpoint.localAddresses().get(i).getPort()));
        }
        return new DatagramSettings(
                addresses, settings.receiveBufferOctets(), settings.sendBufferOctets(), settings.batch());
    }

    private static boolean canSharePort() throws IOException {
        try (DatagramChannel channel = DatagramChannel.open()) {
            return channel.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT);
        }
    }
}
