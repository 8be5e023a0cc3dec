package io.github.tieredquery.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What a public class shows of itself must be nameable by its callers: parameters, results, fields, exceptions.
 * Internal packages may mention each other's types; nothing else may.
 */
final class MentionOnlyPublicTypes extends ArchCondition<JavaClass> {

    MentionOnlyPublicTypes() {
        super("mention only public types in their public members");
    }

    @Override
    public void check(JavaClass type, ConditionEvents events) {
        if (!isNameable(type)) {
            return;
        }
        for (JavaMember member : type.getMembers()) {
            if (isVisible(member)) {
                for (JavaClass mentioned : mentionedBy(member)) {
                    if (!isNameable(mentioned) || isInternalElsewhere(mentioned, type)) {
                        events.add(SimpleConditionEvent.violated(
                                member, member.getDescription() + " mentions " + mentioned.getName()));
                    }
                }
            }
        }
    }

    private static boolean isVisible(JavaMember member) {
        Set<JavaModifier> modifiers = member.getModifiers();
        return !modifiers.contains(JavaModifier.SYNTHETIC)
                && (modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED));
    }

    private static Set<JavaClass> mentionedBy(JavaMember member) {
        Set<JavaClass> mentioned = new LinkedHashSet<>();
        if (member instanceof JavaField field) {
            mentioned.addAll(field.getType().getAllInvolvedRawTypes());
        } else if (member instanceof JavaCodeUnit code) {
            mentioned.addAll(code.getReturnType().getAllInvolvedRawTypes());
            for (JavaType parameter : code.getParameterTypes()) {
                mentioned.addAll(parameter.getAllInvolvedRawTypes());
            }
            mentioned.addAll(code.getExceptionTypes());
        }
        return mentioned;
    }

    private static boolean isInternalElsewhere(JavaClass mentioned, JavaClass by) {
        String home = mentioned.getBaseComponentType().getPackageName();
        return ArchitectureTest.isInternal(home) && !ArchitectureTest.isInternal(by.getPackageName());
    }

    private static boolean isNameable(JavaClass type) {
        JavaClass element = type.getBaseComponentType();
        boolean itself = element.isPrimitive() || element.getModifiers().contains(JavaModifier.PUBLIC);
        return itself
                && element.getEnclosingClass()
                        .map(MentionOnlyPublicTypes::isNameable)
                        .orElse(true);
    }
}
