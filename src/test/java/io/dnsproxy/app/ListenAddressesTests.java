package io.dnsproxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.dnsproxy.app.settings.DnsproxyProperties.Listen;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class ListenAddressesTests {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        127.0.0.1,::1           | 127.0.0.1,::1
        127.0.0.1,127.0.0.1     | 127.0.0.1
        0.0.0.0                 | 0.0.0.0
        0.0.0.0,::              | ::
        ::,127.0.0.1,::1        | ::
        127.0.0.1,0.0.0.0,::1   | 0.0.0.0,::1
        """)
    void whatAWildcardCoversIsNotBoundTwice(String given, String bound) {
        var source = new MapConfigurationPropertySource();
        source.put("dnsproxy.listen.address", given);
        Listen listen = new Binder(source).bindOrCreate("dnsproxy.listen", Listen.class);

        List<InetAddress> addresses = ListenAddresses.of(listen).stream()
                .map(InetSocketAddress::getAddress)
                .toList();

        Stream<InetAddress> expected = Arrays.stream(bound.split(",", -1)).map(InetAddress::ofLiteral);
        assertThat(addresses).containsExactlyElementsOf(expected.toList());
    }
}
