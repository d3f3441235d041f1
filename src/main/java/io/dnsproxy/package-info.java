/** A DNS to DNS-over-TLS proxy. */
@NullMarked
package io.dnsproxy;

import org.jspecify.annotations.NullMarked;
