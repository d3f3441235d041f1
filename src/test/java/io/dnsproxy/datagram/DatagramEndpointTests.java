package io.dnsproxy.datagram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.dnsproxy.datagram.DatagramBindException.Reason;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Both implementations keep the same promises, but for the two that NIO cannot keep and says so. */
@ParameterizedClass
@EnumSource
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DatagramEndpointTests {

    enum Platform {
        NIO,
        LINUX;

        private Datagrams.Implementation implementation() {
            return switch (this) {
                case NIO -> NioDatagramEndpoint::open;
                case LINUX -> LinuxDatagramEndpoint::open;
            };
        }
    }

    private static final int BATCH = 16;
    private static final int BUFFER_OCTETS = 1 << 20;
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(10);
    private static final boolean ON_LINUX = System.getProperty("os.name").equals("Linux");

    private final Platform platform;
    private final List<AutoCloseable> opened = new ArrayList<>();

    DatagramEndpointTests(Platform platform) {
        this.platform = platform;
    }

    @BeforeEach
    void skipWhatThisMachineCannotDo() {
        if (platform == Platform.LINUX) {
            String refusal = LinuxSupport.refusal();
            assumeThat(refusal == null).as("%s", refusal).isTrue();
        }
    }

    @AfterEach
    void closeEverything() throws Exception {
        for (AutoCloseable each : opened.reversed()) {
            each.close();
        }
    }

    @Test
    void echoesEveryDatagram() throws Exception {
        long seed = Long.getLong("test.seed", System.nanoTime());
        Random random = new Random(seed);
        InetSocketAddress server = echo(open("127.0.0.1"));
        DatagramSocket client = client();
        int count = 4_000;
        int window = 40;
        BitSet answered = new BitSet();
        for (int start = 0; start < count; start += window) {
            for (int i = start; i < start + window; i++) {
                byte[] octets = new byte[4 + random.nextInt(600)];
                Arrays.fill(octets, (byte) i);
                send(client, ByteBuffer.wrap(octets).putInt(0, i).array(), server);
            }
            for (int i = 0; i < window; i++) {
                byte[] octets = octetsOf(receive(client));
                int number = ByteBuffer.wrap(octets).getInt();
                assertThat(octets).endsWith(expectedTail(octets.length, number));
                answered.set(number);
            }
        }
        assertThat(answered.cardinality()).as("seed %d", seed).isEqualTo(count);
    }

    @Test
    void servesIpv4AndIpv6OnTheWildcard() throws Exception {
        assumeIpv6();
        int port = echo(open("::")).getPort();
        DatagramSocket client = client();
        for (String address : List.of("127.0.0.1", "::1")) {
            send(client, new byte[] {1, 2, 3}, new InetSocketAddress(address, port));
            DatagramPacket answer = receive(client);
            assertThat(octetsOf(answer)).containsExactly(1, 2, 3);
            assertThat(answer.getSocketAddress()).isEqualTo(new InetSocketAddress(address, port));
        }
    }

    @Test
    void leavesIpv6AloneOnTheIpv4Wildcard() throws Exception {
        assumeIpv6();
        InetSocketAddress server = echo(open("0.0.0.0"));
        DatagramSocket client = client();
        send(client, new byte[] {1}, at("127.0.0.1", server.getPort()));
        assertThat(octetsOf(receive(client))).containsExactly(1);
        try (DatagramSocket other = new DatagramSocket(at("::1", server.getPort()))) {
            assertThat(other.isBound()).isTrue();
        }
    }

    @Test
    void listsBothWildcardsOnOnePort() throws Exception {
        assumeIpv6();
        assumeLinuxCalls();
        int port;
        try (DatagramSocket free = new DatagramSocket()) {
            port = free.getLocalPort();
        }
        DatagramEndpoint both = open(settings(port, "0.0.0.0", "::"), 1).getFirst();
        assertThat(both.localAddresses()).containsExactly(at("0.0.0.0", port), at("::", port));
    }

    @Test
    void repliesFromTheAddressThatWasAsked() throws Exception {
        assumeLinuxCalls();
        assumeIpv6();
        DatagramSocket client = client();
        for (String wildcard : List.of("::", "0.0.0.0")) {
            int port = echo(open(wildcard)).getPort();
            for (String asked : List.of("127.0.0.2", "127.0.0.3", "127.0.0.1", "::1")) {
                if (wildcard.equals("0.0.0.0") && asked.equals("::1")) {
                    continue;
                }
                send(client, new byte[] {7}, new InetSocketAddress(asked, port));
                assertThat(receive(client).getSocketAddress()).isEqualTo(new InetSocketAddress(asked, port));
            }
        }
    }

    @Test
    void repliesFromTheLinkLocalAddressThatWasAsked() throws Exception {
        assumeLinuxCalls();
        List<InetAddress> linkLocal = NetworkInterface.networkInterfaces()
                .filter(DatagramEndpointTests::isUp)
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address.isLinkLocalAddress() && address.getAddress().length == 16)
                .toList();
        assumeThat(linkLocal).isNotEmpty();
        InetSocketAddress server =
                new InetSocketAddress(linkLocal.getFirst(), echo(open("::")).getPort());
        DatagramSocket client = client();
        send(client, new byte[] {7}, server);
        assertThat(receive(client).getSocketAddress()).isEqualTo(server);
    }

    @Test
    void repliesFromEachListedAddress() throws Exception {
        List<String> addresses = ON_LINUX ? List.of("127.0.0.1", "127.0.0.2", "127.0.0.3") : List.of("127.0.0.1");
        DatagramEndpoint endpoint = open(addresses.toArray(String[]::new));
        echo(endpoint);
        DatagramSocket client = client();
        for (int round = 0; round < 3; round++) {
            for (InetSocketAddress address : endpoint.localAddresses()) {
                send(client, new byte[] {9}, address);
            }
            List<Object> sources = new ArrayList<>();
            for (int i = 0; i < addresses.size(); i++) {
                sources.add(receive(client).getSocketAddress());
            }
            assertThat(sources).containsExactlyInAnyOrderElementsOf(endpoint.localAddresses());
        }
    }

    @Test
    void repliesLateFromAnotherThread() throws Exception {
        assumeIpv6();
        DatagramEndpoint endpoint = open("::");
        BlockingQueue<Peer> asked = new LinkedBlockingQueue<>();
        start(endpoint, (buffer, offset, length, peer) -> asked.add(peer.copy()), () -> {});
        int port = port(endpoint);
        List<String> addresses = platform == Platform.LINUX ? List.of("127.0.0.2", "::1", "127.0.0.3") : List.of("::1");
        List<DatagramSocket> clients = new ArrayList<>();
        List<Peer> peers = new ArrayList<>();
        for (String address : addresses) {
            clients.add(client());
            send(clients.getLast(), new byte[1], new InetSocketAddress(address, port));
            peers.add(asked.poll(10, TimeUnit.SECONDS));
        }
        DatagramSender sender = opened(endpoint.sender());
        for (int i = 0; i < peers.size(); i++) {
            sender.add(new byte[] {(byte) i}, 0, 1, peers.get(i));
        }
        sender.flush();
        for (int i = 0; i < clients.size(); i++) {
            DatagramPacket answer = receive(clients.get(i));
            assertThat(octetsOf(answer)).containsExactly(i);
            assertThat(answer.getSocketAddress()).isEqualTo(new InetSocketAddress(addresses.get(i), port));
        }
    }

    @Test
    void carriesTheLargestDatagramBothWays() throws Exception {
        InetSocketAddress server = echo(open("127.0.0.1"));
        DatagramSocket client = client();
        byte[] octets = new byte[DatagramSender.MAX_PAYLOAD_OCTETS];
        new Random(1).nextBytes(octets);
        for (int round = 0; round < 3; round++) {
            send(client, octets, server);
            send(client, new byte[] {1}, server);
            assertThat(octetsOf(receive(client))).isEqualTo(octets);
            assertThat(octetsOf(receive(client))).containsExactly(1);
        }
    }

    @Test
    void carriesEmptyDatagrams() throws Exception {
        InetSocketAddress server = echo(open("127.0.0.1"));
        DatagramSocket client = client();
        send(client, new byte[0], server);
        send(client, new byte[] {1}, server);
        assertThat(octetsOf(receive(client))).isEmpty();
        assertThat(octetsOf(receive(client))).containsExactly(1);
    }

    @Test
    void sendsMoreThanABatchAtOnce() throws Exception {
        DatagramEndpoint endpoint = open("127.0.0.1");
        DatagramSocket client = client();
        DatagramSender sender = opened(endpoint.sender());
        int count = BATCH * 5 + 3;
        for (int i = 0; i < count; i++) {
            sender.add(new byte[] {0, (byte) i, 0}, 1, 1, addressOf(client));
        }
        sender.flush();
        for (int i = 0; i < count; i++) {
            assertThat(octetsOf(receive(client))).containsExactly(i);
        }
        assertThat(endpoint.counters().sendFailures()).isZero();
    }

    @Test
    void receivesMoreThanABatchInSeveralCalls() throws Exception {
        DatagramEndpoint endpoint = open("127.0.0.1");
        DatagramSocket client = client();
        int count = BATCH * 5 + 3;
        for (int i = 0; i < count; i++) {
            send(client, new byte[] {(byte) i}, endpoint.localAddresses().getFirst());
        }
        List<Byte> received = new ArrayList<>();
        for (int calls = 0; received.size() < count; calls++) {
            int before = received.size();
            int handedOver = endpoint.receive((buffer, offset, length, peer) -> received.add(buffer[offset]), true);
            assertThat(handedOver).isEqualTo(received.size() - before).isBetween(1, BATCH);
            assertThat(calls).isLessThan(count);
        }
        for (int i = 0; i < count; i++) {
            assertThat(received.get(i)).isEqualTo((byte) i);
        }
    }

    @Test
    void returnsAtOnceWhenNotToWait() throws Exception {
        DatagramEndpoint endpoint = open("127.0.0.1");
        long start = System.nanoTime();
        for (int i = 0; i < 20; i++) {
            assertThat(endpoint.receive((buffer, offset, length, peer) -> {}, false))
                    .isZero();
        }
        assertThat(elapsedMillis(start)).isLessThan(20 * 250 / 4);
        send(client(), new byte[1], endpoint.localAddresses().getFirst());
        assertThat(endpoint.receive((buffer, offset, length, peer) -> {}, false))
                .isOne();
    }

    @Test
    void waitsAQuarterOfASecondForTheFirst() throws Exception {
        for (DatagramEndpoint endpoint : List.of(open("127.0.0.1"), open("127.0.0.1", "127.0.0.1"))) {
            long start = System.nanoTime();
            assertThat(endpoint.receive((buffer, offset, length, peer) -> {}, true))
                    .isZero();
            assertThat(elapsedMillis(start)).isBetween(200L, 2_000L);
        }
    }

    @Test
    void workersShareAPort() throws Exception {
        assumeThat(ON_LINUX).isTrue();
        List<DatagramEndpoint> workers = open(settings(0, "127.0.0.1", "127.0.0.2"), 2);
        assertThat(workers.getFirst().localAddresses())
                .isEqualTo(workers.getLast().localAddresses());
        List<AtomicInteger> received = new ArrayList<>();
        for (DatagramEndpoint worker : workers) {
            AtomicInteger count = new AtomicInteger();
            received.add(count);
            DatagramSender sender = worker.sender();
            start(
                    worker,
                    (buffer, offset, length, peer) -> {
                        count.incrementAndGet();
                        sender.add(buffer, offset, length, peer);
                    },
                    sender::flush);
        }
        for (int i = 0; i < 64; i++) {
            try (DatagramSocket client = client()) {
                InetSocketAddress server = workers.getFirst().localAddresses().get(i % 2);
                send(client, new byte[] {(byte) i}, server);
                DatagramPacket answer = receive(client);
                assertThat(octetsOf(answer)).containsExactly(i);
                assertThat(answer.getSocketAddress()).isEqualTo(server);
            }
        }
        assertThat(received).allSatisfy(count -> assertThat(count.get()).isPositive());
    }

    @Test
    void refusesAnAddressInUse() throws Exception {
        InetSocketAddress taken = open("127.0.0.1").localAddresses().getFirst();
        for (int workers : List.of(1, 2)) {
            assertRefused(settings(taken.getPort(), "127.0.0.1"), workers, Reason.IN_USE, "already in use");
        }
    }

    @Test
    void admitsASecondInstanceOnASharedPortOnlyIfItSharesToo() throws Exception {
        assumeThat(ON_LINUX).isTrue();
        int port = port(open(settings(0, "127.0.0.1"), 2).getFirst());
        assertRefused(settings(port, "127.0.0.1"), 1, Reason.IN_USE, "already in use");
        assertThat(open(settings(port, "127.0.0.1"), 2)).hasSize(2);
    }

    @Test
    void refusesAnAddressThatThisHostDoesNotHave() {
        assertRefused(settings(0, "192.0.2.1"), 1, Reason.NOT_AVAILABLE, "192.0.2.1 port 0: address not available");
        assertRefused(settings(0, "2001:db8::1"), 1, Reason.NOT_AVAILABLE, "address not available");
    }

    @Test
    void refusesAPortWithoutThePrivilegeForIt() throws Exception {
        Path firstFreePort = Path.of("/proc/sys/net/ipv4/ip_unprivileged_port_start");
        assumeThat(ON_LINUX && !System.getProperty("user.name").equals("root")).isTrue();
        assumeThat(Integer.parseInt(Files.readString(firstFreePort).strip())).isGreaterThan(53);
        assertRefused(settings(53, "127.0.0.99"), 1, Reason.PERMISSION, "permission denied");
    }

    @Test
    void countsWhatTheReceiveBufferHadNoRoomFor() throws Exception {
        assumeLinuxCalls();
        DatagramSettings tight = new DatagramSettings(List.of(at("127.0.0.1", 0)), 4_096, 65_536, BATCH);
        DatagramEndpoint endpoint = open(tight, 1).getFirst();
        DatagramSocket client = client();
        int received = 0;
        int sent = 0;
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 500; i++, sent++) {
                send(client, new byte[200], endpoint.localAddresses().getFirst());
            }
            received += drain(endpoint);
            // The kernel tells its drops with the next datagram.
            send(client, new byte[200], endpoint.localAddresses().getFirst());
            sent++;
            received += drain(endpoint);
            assertThat(endpoint.counters().socketDrops()).isPositive().isEqualTo(sent - received);
        }
    }

    @Test
    void goesOnAfterADatagramThatCannotBeSent() throws Exception {
        DatagramEndpoint endpoint = open("127.0.0.1");
        DatagramSocket client = client();
        DatagramSender sender = opened(endpoint.sender());
        Peer nobody = Peer.of(at("127.0.0.1", 0));
        for (int i = 0; i < 6; i++) {
            sender.add(new byte[] {(byte) i}, 0, 1, i % 2 == 0 ? nobody : addressOf(client));
        }
        sender.flush();
        for (int i = 1; i < 6; i += 2) {
            assertThat(octetsOf(receive(client))).containsExactly(i);
        }
        assertThat(endpoint.counters().sendFailures()).isEqualTo(3);
    }

    @Test
    void survivesPeersThatAreGone() throws Exception {
        DatagramEndpoint endpoint = open("127.0.0.1");
        DatagramSender sender = opened(endpoint.sender());
        Peer gone;
        try (DatagramSocket client = new DatagramSocket(at("127.0.0.1", 0))) {
            gone = addressOf(client);
        }
        for (int i = 0; i < 10; i++) {
            sender.add(new byte[1], 0, 1, gone);
            sender.flush();
        }
        DatagramSocket client = client();
        InetSocketAddress server = echo(endpoint);
        send(client, new byte[] {5}, server);
        assertThat(octetsOf(receive(client))).containsExactly(5);
    }

    @Test
    void refusesToSendWhatIsNoDatagram() throws Exception {
        DatagramEndpoint endpoint = open("127.0.0.1");
        DatagramSender sender = opened(endpoint.sender());
        Peer peer = Peer.of(endpoint.localAddresses().getFirst());
        int tooMany = DatagramSender.MAX_PAYLOAD_OCTETS + 1;
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> sender.add(new byte[tooMany], 0, tooMany, peer));
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> sender.add(new byte[4], 2, 3, peer));
    }

    @Test
    void goesOnAfterAReceiverThatFailed() throws Exception {
        DatagramEndpoint endpoint = open("127.0.0.1");
        DatagramSocket client = client();
        send(client, new byte[1], endpoint.localAddresses().getFirst());
        assertThatThrownBy(() -> endpoint.receive(
                        (buffer, offset, length, peer) -> {
                            throw new IllegalStateException("receiver");
                        },
                        true))
                .hasMessage("receiver");
        send(client, new byte[1], endpoint.localAddresses().getFirst());
        assertThat(endpoint.receive((buffer, offset, length, peer) -> {}, true)).isOne();
    }

    @Test
    void closesPromptlyWhileReceiving() throws Exception {
        for (DatagramEndpoint endpoint : List.of(open("127.0.0.1"), open("127.0.0.1", "127.0.0.1"))) {
            InetSocketAddress address = endpoint.localAddresses().getFirst();
            CompletableFuture<Void> handedOver = new CompletableFuture<>();
            Worker worker = start(endpoint, (buffer, offset, length, peer) -> handedOver.complete(null), () -> {});
            send(client(), new byte[1], address);
            handedOver.get(10, TimeUnit.SECONDS);
            long start = System.nanoTime();
            endpoint.close();
            assertThat(elapsedMillis(start)).isLessThan(900);
            try (DatagramSocket next = new DatagramSocket(address)) {
                assertThat(next.isBound()).isTrue();
            }
            worker.join();
            assertThat(worker.end()).isInstanceOf(ClosedChannelException.class);
            endpoint.close();
        }
    }

    @Test
    void closesFromWithinTheReceiver() throws Exception {
        DatagramEndpoint endpoint = open("127.0.0.1");
        InetSocketAddress address = endpoint.localAddresses().getFirst();
        send(client(), new byte[1], address);
        long start = System.nanoTime();
        assertThat(endpoint.receive((buffer, offset, length, peer) -> endpoint.close(), true))
                .isOne();
        assertThat(elapsedMillis(start)).isLessThan(900);
        try (DatagramSocket next = new DatagramSocket(address)) {
            assertThat(next.isBound()).isTrue();
        }
    }

    @Test
    void countsWhatIsSentAfterTheClose() throws Exception {
        DatagramEndpoint endpoint = open("127.0.0.1", "127.0.0.1");
        DatagramSocket client = client();
        DatagramSender sender = endpoint.sender();
        sender.add(new byte[1], 0, 1, addressOf(client));
        sender.flush();
        assertThat(octetsOf(receive(client))).hasSize(1);
        endpoint.close();
        for (int i = 0; i < 3; i++) {
            sender.add(new byte[1], 0, 1, addressOf(client));
        }
        sender.flush();
        sender.close();
        sender.add(new byte[1], 0, 1, addressOf(client));
        assertThat(endpoint.counters().sendFailures()).isEqualTo(4);
    }

    /** The next socket of the process gets the number of the closed descriptor at once; it must stay silent. */
    @Test
    void neverSendsThroughAnotherSocketThatHasTheNumberNow() throws Exception {
        try (DatagramSocket client = new DatagramSocket(at("127.0.0.1", 0))) {
            client.setSoTimeout(1);
            Peer peer = addressOf(client);
            for (int round = 0; round < 30; round++) {
                DatagramEndpoint endpoint = open("127.0.0.1");
                AtomicBoolean stop = new AtomicBoolean();
                CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                    try (DatagramSender sender = endpoint.sender()) {
                        while (!stop.get()) {
                            sender.add(new byte[1], 0, 1, peer);
                            sender.flush();
                        }
                    }
                });
                DatagramPacket packet = new DatagramPacket(new byte[8], 8);
                soon().until(() -> tryReceive(client, packet));
                endpoint.close();
                long failuresBefore = endpoint.counters().sendFailures();
                List<DatagramSocket> next = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    next.add(new DatagramSocket(at("127.0.0.1", 0)));
                }
                soon().until(() -> endpoint.counters().sendFailures() > failuresBefore + 50);
                stop.set(true);
                sending.get(10, TimeUnit.SECONDS);
                while (tryReceive(client, packet)) {
                    assertThat(packet.getPort()).isEqualTo(port(endpoint));
                }
                next.forEach(DatagramSocket::close);
            }
        }
    }

    @Test
    void leaksNoDescriptors() throws Exception {
        assumeThat(ON_LINUX).isTrue();
        openUseAndClose();
        long before = descriptors();
        for (int i = 0; i < 20; i++) {
            openUseAndClose();
        }
        // The JVM opens and closes files of its own meanwhile; 20 rounds would leak 100.
        assertThat(descriptors()).isCloseTo(before, within(10L));
    }

    private void openUseAndClose() throws IOException {
        List<DatagramEndpoint> endpoints =
                Datagrams.open(settings(0, "127.0.0.1", "127.0.0.2"), 2, platform.implementation());
        for (DatagramEndpoint endpoint : endpoints) {
            try (DatagramSender sender = endpoint.sender()) {
                sender.add(new byte[1], 0, 1, Peer.of(endpoint.localAddresses().getFirst()));
            }
            endpoint.receive((buffer, offset, length, peer) -> {}, false);
            endpoint.close();
        }
        assertRefused(settings(0, "127.0.0.1", "192.0.2.1"), 2, Reason.NOT_AVAILABLE, "192.0.2.1");
    }

    private void assertRefused(DatagramSettings settings, int workers, Reason reason, String message) {
        assertThatExceptionOfType(DatagramBindException.class)
                .isThrownBy(() -> Datagrams.open(settings, workers, platform.implementation()))
                .withMessageContaining(message)
                .satisfies(e -> assertThat(e.reason()).isEqualTo(reason))
                .satisfies(e ->
                        assertThat(e.address()).isEqualTo(settings.addresses().getLast()));
    }

    private DatagramEndpoint open(String... addresses) throws IOException {
        return open(settings(0, addresses), 1).getFirst();
    }

    private List<DatagramEndpoint> open(DatagramSettings settings, int workers) throws IOException {
        List<DatagramEndpoint> endpoints = Datagrams.open(settings, workers, platform.implementation());
        opened.addAll(endpoints);
        return endpoints;
    }

    private <T extends AutoCloseable> T opened(T closeable) {
        opened.add(closeable);
        return closeable;
    }

    /** Starts a worker that answers each datagram with itself; gives the first address. */
    private InetSocketAddress echo(DatagramEndpoint endpoint) {
        DatagramSender sender = endpoint.sender();
        start(endpoint, sender::add, sender::flush);
        return endpoint.localAddresses().getFirst();
    }

    private Worker start(DatagramEndpoint endpoint, DatagramReceiver receiver, Runnable afterBatch) {
        Worker worker = new Worker(endpoint, receiver, afterBatch);
        worker.start();
        return worker;
    }

    /** Receives until the endpoint is closed. */
    private static final class Worker extends Thread {

        private final DatagramEndpoint endpoint;
        private final DatagramReceiver receiver;
        private final Runnable afterBatch;
        private final CompletableFuture<Throwable> end = new CompletableFuture<>();

        Worker(DatagramEndpoint endpoint, DatagramReceiver receiver, Runnable afterBatch) {
            this.endpoint = endpoint;
            this.receiver = receiver;
            this.afterBatch = afterBatch;
            setDaemon(true);
        }

        @Override
        public void run() {
            try {
                while (true) {
                    endpoint.receive(receiver, true);
                    afterBatch.run();
                }
            } catch (IOException | RuntimeException | Error e) {
                end.complete(e);
            }
        }

        Throwable end() throws Exception {
            return end.get(10, TimeUnit.SECONDS);
        }
    }

    private DatagramSocket client() throws SocketException {
        DatagramSocket client = opened(new DatagramSocket());
        client.setReceiveBufferSize(BUFFER_OCTETS);
        client.setSendBufferSize(BUFFER_OCTETS);
        client.setSoTimeout((int) ANSWER_TIMEOUT.toMillis());
        return client;
    }

    private void assumeLinuxCalls() {
        assumeThat(platform).as("NIO cannot, and says so").isEqualTo(Platform.LINUX);
    }

    private static void assumeIpv6() {
        try (DatagramSocket probe = new DatagramSocket(at("::1", 0))) {
            assumeThat(probe.isBound()).isTrue();
        } catch (SocketException e) {
            assumeThat(e).as("no IPv6 here").isNull();
        }
    }

    private static DatagramSettings settings(int port, String... addresses) {
        List<InetSocketAddress> listed = Stream.of(addresses)
                .map(address -> new InetSocketAddress(address, port))
                .toList();
        return new DatagramSettings(listed, BUFFER_OCTETS, BUFFER_OCTETS, BATCH);
    }

    private static ConditionFactory soon() {
        return await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1));
    }

    private static InetSocketAddress at(String address, int port) {
        return new InetSocketAddress(address, port);
    }

    private static Peer addressOf(DatagramSocket client) {
        return Peer.of(at("127.0.0.1", client.getLocalPort()));
    }

    private static int port(DatagramEndpoint endpoint) {
        return endpoint.localAddresses().getFirst().getPort();
    }

    private static void send(DatagramSocket client, byte[] octets, InetSocketAddress server) throws IOException {
        client.send(new DatagramPacket(octets, octets.length, server));
    }

    private static DatagramPacket receive(DatagramSocket client) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
        client.receive(packet);
        return packet;
    }

    private static boolean tryReceive(DatagramSocket client, DatagramPacket packet) throws IOException {
        try {
            client.receive(packet);
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    private static int drain(DatagramEndpoint endpoint) throws IOException {
        int total = 0;
        int received;
        do {
            received = endpoint.receive((buffer, offset, length, peer) -> {}, false);
            total += received;
        } while (received > 0);
        return total;
    }

    private static byte[] octetsOf(DatagramPacket packet) {
        return Arrays.copyOfRange(packet.getData(), packet.getOffset(), packet.getOffset() + packet.getLength());
    }

    private static byte[] expectedTail(int length, int number) {
        byte[] tail = new byte[length - 4];
        Arrays.fill(tail, (byte) number);
        return tail;
    }

    private static boolean isUp(NetworkInterface each) {
        try {
            return each.isUp();
        } catch (SocketException e) {
            return false;
        }
    }

    private static long elapsedMillis(long startNanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }
}
