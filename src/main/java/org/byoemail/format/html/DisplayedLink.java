package org.byoemail.format.html;

/**
 * A link that a person sees.
 *
 * @param text what is shown, shortened
 * @param target where it leads, shortened
 */
public record DisplayedLink(String text, String target) {}
