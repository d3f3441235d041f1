/** DNS over TLS to the public resolvers. */
@NullMarked
package io.dnsproxy.upstream;

import org.jspecify.annotations.NullMarked;
