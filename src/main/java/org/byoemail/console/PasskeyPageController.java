package org.byoemail.console;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.operations.setup.SecondFactorSetup;
import org.byoemail.operations.setup.SetupConflict;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.ConsoleSecurityContextRepository;
import org.byoemail.platform.access.PasskeyAnswer;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The forms of a person's own passkeys, on the profile page. */
@Controller
@RequestMapping("/console/profile/passkeys")
class PasskeyPageController {
  private static final String PATH = "/console/profile";

  private final SecondFactorSetup setup;
  private final ConsoleSecurityContextRepository sessions;

  PasskeyPageController(SecondFactorSetup setup, ConsoleSecurityContextRepository sessions) {
    this.setup = setup;
    this.sessions = sessions;
  }

  @PostMapping("/options")
  ResponseEntity<Map<String, Object>> begin(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(defaultValue = "") String currentPassword,
      HttpServletRequest request,
      HttpServletResponse response) {
    try {
      return ResponseEntity.ok(setup.beginPasskey(caller, currentPassword, request, response));
    } catch (FieldsRefused | SetupConflict e) {
      return ResponseEntity.status(HttpStatus.BAD_REQUEST)
          .body(Map.of("problem", String.valueOf(e.getMessage())));
    }
  }

  @PostMapping
  String register(
      @AuthenticationPrincipal Caller caller,
      @RequestParam(defaultValue = "") String name,
      @RequestParam(defaultValue = "") String credential,
      @RequestParam(defaultValue = "") String clientData,
      @RequestParam(defaultValue = "") String attestation,
      @RequestParam(defaultValue = "") String transports,
      HttpServletRequest request,
      HttpServletResponse response,
      RedirectAttributes flash) {
    return FlashActions.run(
        flash,
        PATH,
        "The passkey is registered. Your other sessions have ended.",
        () -> {
          List<String> codes =
              setup.registerPasskey(
                  caller,
                  name,
                  new PasskeyAnswer.Registration(credential, clientData, attestation, transports),
                  sessions.requireSession(request),
                  request,
                  response);
          if (!codes.isEmpty()) {
            flash.addFlashAttribute("recoveryCodes", String.join(" ", codes));
          }
        });
  }

  @PostMapping("/remove")
  String remove(
      @AuthenticationPrincipal Caller caller,
      @RequestParam UUID passkey,
      @RequestParam(defaultValue = "") String currentPassword,
      HttpServletRequest request,
      RedirectAttributes flash) {
    return FlashActions.run(
        flash,
        PATH,
        "The passkey is removed: delete it on the device, too. Your other sessions have ended.",
        () ->
            setup.removePasskey(
                caller, currentPassword, passkey, sessions.requireSession(request)));
  }
}
