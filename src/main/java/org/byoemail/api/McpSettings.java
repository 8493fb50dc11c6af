package org.byoemail.api;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The MCP server.
 *
 * @param enabled whether {@code /mcp} is served; every call needs an API key
 * @param allowedOrigins origins of web pages that may call it, such as {@code
 *     https://agents.example.com}; other requests with an Origin header are refused
 */
@ConfigurationProperties("byo.mcp")
record McpSettings(
    @DefaultValue("false") boolean enabled, @DefaultValue List<String> allowedOrigins) {}
