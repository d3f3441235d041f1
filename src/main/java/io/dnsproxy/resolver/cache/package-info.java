/** What is already known: the answers kept by this instance, and those that several instances share. */
@NullMarked
package io.dnsproxy.resolver.cache;

import org.jspecify.annotations.NullMarked;
