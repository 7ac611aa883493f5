"""What Qt draws by itself, in our look: menus, tool tips, the lists that drop down, text cursors and selections."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QApplication,
    QProxyStyle,
    QStyle,
    QStyleHintReturn,
    QStyleOption,
    QStyleOptionComplex,
    QStyleOptionMenuItem,
    QTabBar,
    QToolButton,
    QToolTip,
    QWidget,
)

from console.theme import paint
from console.theme.look import Look

ROW, PAD, CHECK, KEY_GAP, ARROW = 30, 12, 16, 24, 24
_Control, _Primitive, _Metric = QStyle.ControlElement, QStyle.PrimitiveElement, QStyle.PixelMetric
_Hint, _State, _Item = QStyle.StyleHint, QStyle.StateFlag, QStyleOptionMenuItem.MenuItemType


class ConsoleStyle(QProxyStyle):
    """Fusion with our menus and tool tips; the widgets of the console paint themselves."""

    def __init__(self, look: Look) -> None:
        super().__init__("Fusion")
        self.look = look

    def redress(self) -> None:
        """Take up the look in force for everything that Qt draws."""
        palette = self.look.palette()
        QApplication.setPalette(palette)
        QApplication.setFont(self.look.font("body"))
        QToolTip.setPalette(palette)
        QToolTip.setFont(self.look.font("small"))

    def styleHint(
        self, hint: QStyle.StyleHint, option: QStyleOption | None = None, widget: QWidget | None = None,
        returnData: QStyleHintReturn | None = None,  # noqa: N803 - Qt's name
    ) -> int:  # fmt: skip
        match hint:
            case _Hint.SH_ComboBox_Popup | _Hint.SH_EtchDisabledText | _Hint.SH_DitherDisabledText:
                return 0
            case _Hint.SH_Widget_Animation_Duration if not self.look.motion:
                return 0
            case _Hint.SH_ToolTipLabel_Opacity:
                return 255
        return super().styleHint(hint, option, widget, returnData)

    def pixelMetric(
        self, metric: QStyle.PixelMetric, option: QStyleOption | None = None, widget: QWidget | None = None
    ) -> int:
        match metric:
            case _Metric.PM_MenuPanelWidth:
                return 1
            case _Metric.PM_MenuHMargin | _Metric.PM_MenuVMargin:
                return self.look.px(4)
            case _Metric.PM_ToolTipLabelFrameWidth:
                return self.look.px(6)
            case _Metric.PM_ComboBoxFrameWidth:
                return 1
            case _Metric.PM_TabBarScrollButtonWidth:
                return self.look.px(ARROW)
        return super().pixelMetric(metric, option, widget)

    def sizeFromContents(
        self, kind: QStyle.ContentsType, option: QStyleOption, size: QSize, widget: QWidget | None = None
    ) -> QSize:
        if kind != QStyle.ContentsType.CT_MenuItem or not isinstance(option, QStyleOptionMenuItem):
            return super().sizeFromContents(kind, option, size, cast("QWidget", widget))
        item = cast("_MenuItem", option)
        if item.menuItemType == _Item.Separator:
            return QSize(size.width(), self.look.px(9))
        words, _, key = _words(item.text)
        width = self.look.width(words, "body") + self.look.px(2 * PAD + CHECK + 8)
        if key:
            width += self.look.px(KEY_GAP) + self.look.width(key, "mono.small")
        return QSize(round(width + 1), self.look.px(ROW))

    def drawPrimitive(
        self, element: QStyle.PrimitiveElement, option: QStyleOption, painter: QPainter, widget: QWidget | None = None
    ) -> None:
        box = QRectF(cast("_MenuItem", option).rect)
        match element:
            case _Primitive.PE_PanelMenu:
                paint.fill(painter, self.look, box, "panel")
                paint.outline(painter, self.look, box, "line2", 0)
            case _Primitive.PE_FrameMenu:
                paint.outline(painter, self.look, box, "line2", 0)
            case _Primitive.PE_PanelTipLabel:
                paint.fill(painter, self.look, box, "ink")
            case _Primitive.PE_FrameFocusRect:
                pass  # each widget draws its own ring
            case _:
                super().drawPrimitive(element, option, painter, widget)

    def drawControl(
        self, element: QStyle.ControlElement, option: QStyleOption, painter: QPainter, widget: QWidget | None = None
    ) -> None:
        if element == _Control.CE_MenuEmptyArea:
            paint.fill(painter, self.look, QRectF(cast("_MenuItem", option).rect), "panel")
        elif element == _Control.CE_MenuItem and isinstance(option, QStyleOptionMenuItem):
            self._menu_item(painter, cast("_MenuItem", option))
        else:
            super().drawControl(element, option, painter, widget)

    def drawComplexControl(
        self, control: QStyle.ComplexControl, option: QStyleOptionComplex, painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:  # fmt: skip
        tabs = widget.parentWidget() if isinstance(widget, QToolButton) else None
        if control != QStyle.ComplexControl.CC_ToolButton or not isinstance(tabs, QTabBar):
            super().drawComplexControl(control, option, painter, widget)
            return
        item = cast("_MenuItem", option)
        box = QRectF(item.rect)
        on = item.state & _State.State_Enabled
        under = on and item.state & _State.State_MouseOver
        # What is behind is a tab that goes on under the arrow.
        paint.fill(painter, self.look, box, getattr(tabs, "ground", "panel"))
        left = widget is not None and widget.objectName() == "ScrollLeftButton"
        role = "text" if under else "dim" if on else "line2"
        paint.icon(painter, self.look, box, "chevron-left" if left else "chevron-right", role, 16)

    def _menu_item(self, painter: QPainter, item: _MenuItem) -> None:
        look, px, box = self.look, self.look.px, QRectF(item.rect)
        paint.fill(painter, look, box, "panel")
        if item.menuItemType == _Item.Separator:
            paint.rule(painter, look, round(box.x()), round(box.center().y()), round(box.width()))
            return
        on = bool(item.state & _State.State_Enabled)
        if on and item.state & _State.State_Selected:
            paint.fill(painter, look, box, "sel", 4)
        role = "text" if on else "faint"
        words, _, key = _words(item.text)
        if item.checked:
            at = QRectF(box.x() + px(PAD) / 2, box.y(), px(CHECK), box.height())
            paint.icon(painter, look, at, "check", role, 14)
        inner = box.adjusted(px(PAD) / 2 + px(CHECK + 6), 0, -px(PAD), 0)
        paint.text(painter, look, inner, words, "body", role)
        if item.menuItemType == _Item.SubMenu:
            paint.icon(painter, look, QRectF(inner.right() - px(12), box.y(), px(14), box.height()),
                       "chevron-right", role, 14)  # fmt: skip
        elif key:
            paint.text(painter, look, inner, key, "mono.small", "dim" if on else "faint", "right")


class _MenuItem(QStyleOptionMenuItem):
    """What PySide's types leave out of a style's option."""

    rect: QRectF  # type: ignore[assignment]
    state: QStyle.StateFlag


def _words(text: str) -> tuple[str, str, str]:
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&").partition("\t")


def dress(application: QApplication, look: Look) -> ConsoleStyle:
    """Have an application drawn in a look, and follow when that changes; call once, after `load_fonts`."""
    style = ConsoleStyle(look)
    application.setStyle(style)
    style.redress()
    look.changed.connect(style.redress)
    return style
