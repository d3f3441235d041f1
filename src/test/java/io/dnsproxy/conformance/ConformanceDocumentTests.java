package io.dnsproxy.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.dnsproxy.conformance.Rows.Requirement;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Holds the rows, the tests that prove them and {@code docs/conformance.md} together. */
class ConformanceDocumentTests {

    private final Map<String, List<ProvenRows.Test>> tests = ProvenRows.byId();

    @Test
    void noTestProvesARowThatDoesNotExist() throws IOException {
        assertThat(Rows.all())
                .extracting(Requirement::id)
                .doesNotHaveDuplicates()
                .containsAll(tests.keySet());
    }

    @Test
    void theDocumentHasEveryRowWithItsTests() throws IOException {
        String document = Files.readString(Report.FILE);

        assertThat(Rows.all()).allSatisfy(row -> {
            assertThat(document).contains("| " + row.id() + " | " + row.rfc() + " | ");
            assertThat(document).contains(row.text());
        });
        assertThat(tests.values())
                .allSatisfy(proofs -> assertThat(proofs)
                        .allSatisfy(test -> assertThat(document).contains(test.className() + "." + test.method())));
    }
}
