package org.byoemail.command.gateway;

import java.io.InputStream;
import java.io.PrintStream;
import java.time.Clock;
import java.util.Map;

/**
 * What a command reads and writes.
 *
 * @param environment has the key
 * @param isTerminal whether people read the output; else programs do, which get JSON
 */
public record CommandLine(
    Map<String, String> environment,
    InputStream in,
    PrintStream out,
    PrintStream err,
    boolean isTerminal,
    Clock clock) {}
