package io.dnsproxy;

import io.dnsproxy.testkit.ExampleZone;
import io.dnsproxy.testkit.Queries;
import io.dnsproxy.testkit.UdpClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;

/** A client with EDNS, as the tests of faults need it. */
final class Asking {

    private static final int PAYLOAD_OCTETS = 1232;

    private Asking() {}

    /** Asks for an A record over UDP. */
    static Message ask(TestProxy proxy, String name) throws IOException {
        try (UdpClient client = UdpClient.to(proxy.address())) {
            return client.ask(Queries.withEdns(Queries.query(name), PAYLOAD_OCTETS, 0));
        }
    }

    /** Asks for the A records of so many names at once, over UDP. */
    static Collection<Message> askAll(TestProxy proxy, int count, IntFunction<String> name) throws IOException {
        List<Message> queries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Message query = Queries.withEdns(Queries.query(name.apply(i)), PAYLOAD_OCTETS, 0);
            query.getHeader().setID(i);
            queries.add(query);
        }
        try (UdpClient client = UdpClient.to(proxy.address())) {
            Map<Integer, Message> answers = client.askAll(queries);
            return answers.values();
        }
    }

    /** Whether it is the one right answer to its own question, as {@link ExampleZone} gives it. */
    static boolean isRight(Message answer) {
        return answer.getRcode() == Rcode.NOERROR
                && answer.getSection(Section.ANSWER).size() == 1
                && answer.getSection(Section.ANSWER)
                        .getFirst()
                        .getName()
                        .equals(answer.getQuestion().getName())
                && answer.getSection(Section.ANSWER)
                        .getFirst()
                        .rdataToString()
                        .equals(ExampleZone.addressOf(
                                        answer.getQuestion().getName().toString(true))
                                .getHostAddress());
    }

    /** The codes of its Extended DNS Errors. */
    static List<Integer> extendedErrors(Message answer) {
        List<Integer> codes = new ArrayList<>();
        for (EDNSOption option : answer.getOPT().getOptions(EDNSOption.Code.EDNS_EXTENDED_ERROR)) {
            codes.add(((ExtendedErrorCodeOption) option).getErrorCode());
        }
        return codes;
    }
}
