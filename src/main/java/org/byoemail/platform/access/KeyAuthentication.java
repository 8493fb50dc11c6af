package org.byoemail.platform.access;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

/** An authenticated caller. */
final class KeyAuthentication extends AbstractAuthenticationToken {
  private static final long serialVersionUID = 1;

  /** Access to all organisations, with a role; required for health details (application.yaml). */
  private static final String ALL_ORGANIZATIONS = "ALL_ORGANIZATIONS";

  private final transient Caller caller;
  private final @Nullable Integer loginVersion;
  private final @Nullable SessionFactor factor;

  KeyAuthentication(Caller caller) {
    this(caller, null, null);
  }

  private KeyAuthentication(
      Caller caller, @Nullable Integer loginVersion, @Nullable SessionFactor factor) {
    super(authorities(caller));
    this.loginVersion = loginVersion;
    this.caller = caller;
    this.factor = factor;
    setDetails(factor);
    setAuthenticated(true);
  }

  /** A person who has just been logged in by the password alone. */
  static KeyAuthentication of(Person person) {
    return of(person, null);
  }

  /**
   * A person who has just been logged in.
   *
   * @param factor what the login needed besides the password; null: nothing
   */
  static KeyAuthentication of(Person person, @Nullable SessionFactor factor) {
    return new KeyAuthentication(
        Caller.person(person), person.credentials().loginVersion(), factor);
  }

  /** {@link Person.Credentials#loginVersion()} when the login was checked; null: no person. */
  @Nullable Integer loginVersion() {
    return loginVersion;
  }

  /** What the login needed besides the password; null: nothing, or nobody has just logged in. */
  @Nullable SessionFactor factor() {
    return factor;
  }

  private static List<SimpleGrantedAuthority> authorities(Caller caller) {
    List<SimpleGrantedAuthority> authorities = new ArrayList<>();
    if (caller.role() != null) {
      authorities.add(new SimpleGrantedAuthority("ROLE_" + caller.role().name()));
      if (caller.organization() == null) {
        authorities.add(new SimpleGrantedAuthority(ALL_ORGANIZATIONS));
      }
    }
    return authorities;
  }

  @Override
  public Object getCredentials() {
    return "";
  }

  @Override
  public Caller getPrincipal() {
    return caller;
  }
}
