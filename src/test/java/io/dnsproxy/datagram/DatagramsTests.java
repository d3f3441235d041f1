package io.dnsproxy.datagram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class DatagramsTests {

    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    @Test
    void saysWhatWasChosen() {
        if (LinuxSupport.refusal() == null) {
            assertThat(Datagrams.describe()).isEqualTo("recvmmsg/sendmmsg");
        } else {
            assertThat(Datagrams.describe()).startsWith("NIO, because ");
        }
    }

    @Test
    void choosesTheNativeCallsOnLinux() {
        String machine = System.getProperty("os.arch");
        assumeThat(System.getProperty("os.name").equals("Linux")
                        && List.of("amd64", "aarch64").contains(machine))
                .isTrue();
        assertThat(LinuxSupport.refusal()).isNull();
    }

    @Test
    void hasTheLayoutsOfTheKernel() {
        assertThat(MessageVector.HEADER_OCTETS).isEqualTo(64);
        assertThat(MessageVector.RANGE_OCTETS).isEqualTo(16);
    }

    @Test
    void opensAsManyAsThereAreWorkers() throws Exception {
        List<DatagramEndpoint> endpoints = Datagrams.open(settings(List.of(ANY_PORT), 1, 1, 1), 3);
        assertThat(endpoints).hasSizeBetween(1, 3);
        endpoints.forEach(DatagramEndpoint::close);
    }

    @Test
    void refusesSettingsThatMakeNoSense() {
        List<InetSocketAddress> addresses = List.of(ANY_PORT);
        assertThatIllegalArgumentException().isThrownBy(() -> settings(List.of(), 1, 1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> settings(addresses, 0, 1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> settings(addresses, 1, 0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> settings(addresses, 1, 1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> settings(addresses, 1, 1, 1_025));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings(List.of(InetSocketAddress.createUnresolved("example.org", 53)), 1, 1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> Datagrams.open(settings(addresses, 1, 1, 1), 0));
    }

    private static DatagramSettings settings(List<InetSocketAddress> addresses, int receive, int send, int batch) {
        return new DatagramSettings(addresses, receive, send, batch);
    }
}
