/**
 * The conformance kit: the rules of a backend ({@code RULES.md}) and the tests that prove them. The
 * guide to writing a backend is {@code WRITING-A-BACKEND.md} in the module's folder. A backend's
 * own tests extend {@link ser.conformance.BackendConformance}, or {@link
 * ser.conformance.InferenceConformance} when it does not train.
 */
package ser.conformance;
