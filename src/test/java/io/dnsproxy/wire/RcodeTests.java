package io.dnsproxy.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RcodeTests {

    @ParameterizedTest
    @CsvSource({"0, NOERROR", "2, SERVFAIL", "3, NXDOMAIN", "11, DSOTYPENI", "16, BADVERS", "23, BADCOOKIE"})
    void namesAnAssignedRcode(int rcode, String text) {
        assertThat(Rcode.text(rcode)).isEqualTo(text);
        assertThat(Rcode.text(Rcode.bucket(rcode))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"12", "15", "17", "22", "24", "4095", "-1"})
    void countsAllOthersTogether(int rcode) {
        assertThat(Rcode.text(Rcode.bucket(rcode))).isEqualTo("OTHER");
    }

    @Test
    void everyRcodeHasABucketAndEveryBucketItsOwnLabel() {
        assertThat(IntStream.range(0, 4096).map(Rcode::bucket))
                .allMatch(bucket -> bucket >= 0 && bucket < Rcode.BUCKETS);
        Set<String> labels = new HashSet<>();
        IntStream.range(0, Rcode.BUCKETS).mapToObj(Rcode::text).forEach(labels::add);
        assertThat(labels).hasSize(Rcode.BUCKETS);
    }
}
