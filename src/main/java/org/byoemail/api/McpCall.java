package org.byoemail.api;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.byoemail.platform.access.Caller;

/**
 * The call of a tool by a request, whose response may come later.
 *
 * @param id of the call (JSON-RPC)
 */
record McpCall(
    Caller caller, JsonNode id, HttpServletRequest request, HttpServletResponse response) {}
