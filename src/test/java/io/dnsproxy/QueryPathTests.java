package io.dnsproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.dnsproxy.conformance.Row;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.testkit.Reply;
import io.dnsproxy.testkit.ScriptedResolver;
import io.dnsproxy.testkit.TcpClient;
import io.dnsproxy.testkit.UdpClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;

/** The whole path of a query, seen from the client's side and from the resolver's. */
class QueryPathTests {

    private ScriptedResolver resolver;
    private TestProxy proxy;

    @BeforeEach
    void start() throws Exception {
        resolver = ScriptedResolver.start();
        proxy = TestProxy.asking(resolver);
    }

    @AfterEach
    void stop() {
        proxy.close();
        resolver.close();
    }

    @Test
    void answersOverUdpWhatTheResolverSaysOverTls() throws Exception {
        try (UdpClient client = UdpClient.to(proxy.address())) {
            Message query = Queries.query("www.example.org");

            Message answer = client.ask(query);

            assertThat(answer.getHeader().getID()).isEqualTo(query.getHeader().getID());
            assertThat(answer.getRcode()).isEqualTo(Rcode.NOERROR);
            assertThat(answer.getSection(Section.ANSWER)).hasSize(1);
            assertThat(resolver.queries("www.example.org")).hasSize(1);
        }
    }

    @Row("T1")
    @Test
    void answersOverTcpTheSameAsOverUdp() throws Exception {
        try (UdpClient udp = UdpClient.to(proxy.address());
                TcpClient tcp = TcpClient.to(proxy.address())) {
            Message query = Queries.query("mail.example.org");

            assertThat(tcp.ask(query).toWire()).isEqualTo(udp.ask(query).toWire());
        }
    }

    @Row({"D9", "D14"})
    @Test
    void fiveHundredSlowQueriesTakeTheTimeOfOneOverAtMostTwoConnections() throws Exception {
        resolver.answer(query -> Reply.right().after(Duration.ofMillis(500)));
        try (UdpClient client = UdpClient.to(proxy.address())) {
            List<Message> queries = IntStream.range(0, 500)
                    .mapToObj(i -> Queries.query("n" + i + ".example.org"))
                    .toList();
            IntStream.range(0, 500).forEach(i -> queries.get(i).getHeader().setID(i));
            long start = System.nanoTime();

            Map<Integer, Message> answers = client.askAll(queries);

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
            assertThat(answers).hasSize(500);
            assertThat(answers.values()).allMatch(answer -> answer.getRcode() == Rcode.NOERROR);
            assertThat(resolver.connections()).hasSizeLessThanOrEqualTo(2);
        }
    }

    @Row("T5")
    @Test
    void aSlowQueryDoesNotHoldAFastOneOnOneTcpConnection() throws Exception {
        try (TcpClient client = TcpClient.to(proxy.address())) {
            Message slow = Queries.query("slow.example.org");
            Message fast = Queries.query("www.example.org");

            client.send(slow, fast);

            assertThat(client.receiveMessage().getHeader().getID())
                    .isEqualTo(fast.getHeader().getID());
            assertThat(client.receiveMessage().getHeader().getID())
                    .isEqualTo(slow.getHeader().getID());
            assertThat(resolver.connections()).hasSize(1);
        }
    }
}
