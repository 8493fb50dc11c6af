package org.byoemail.console;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.Cookie;
import java.util.Map;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.servlet.FlashMap;

/** What a form leaves in the cookie for the page after it. */
class CookieFlashMapManagerTest extends WebTest {
  @Autowired private CookieFlashMapManager flash;

  @Test
  void attributeWithoutAValueIsNotOnTheNextPage() {
    Cookie session = login();
    FlashMap map = new FlashMap();
    map.put("done", "Saved.");
    map.put("code", null);
    MockHttpServletRequest form = request("POST", session);
    MockHttpServletResponse answer = new MockHttpServletResponse();

    flash.saveOutputFlashMap(map, form, answer);
    Map<String, Object> shown =
        flash.retrieveAndUpdate(
            request("GET", after(session, answer)), new MockHttpServletResponse());

    assertThat(shown).containsOnly(Map.entry("done", "Saved."));
  }

  @Test
  void messageOfAnotherSessionIsNotShown() {
    FlashMap map = new FlashMap();
    map.put("url", "https://gateway.example.test/invitations/a");
    MockHttpServletResponse answer = new MockHttpServletResponse();

    flash.saveOutputFlashMap(map, request("POST", login()), answer);
    Map<String, Object> shown =
        flash.retrieveAndUpdate(
            request("GET", after(login(), answer)), new MockHttpServletResponse());

    assertThat(shown).isNull();
  }

  private static MockHttpServletRequest request(String method, Cookie... cookies) {
    MockHttpServletRequest request = new MockHttpServletRequest(method, "/console/reviewers");
    request.setCookies(cookies);
    return request;
  }
}
