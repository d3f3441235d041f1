package io.dnsproxy.conformance;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/** Rows of {@code docs/conformance.md} that the test proves, by their ids. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@ExtendWith(RowResults.class)
public @interface Row {

    /** Ids such as {@code M7}. */
    String[] value();
}
