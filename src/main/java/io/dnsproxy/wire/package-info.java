/** The DNS message format, spoken by all. */
@NullMarked
package io.dnsproxy.wire;

import org.jspecify.annotations.NullMarked;
