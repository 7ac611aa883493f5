"""The look of the HTML report: the console's tokens, both themes, nothing fetched."""

STYLE = """
:root{color-scheme:light dark;--ground:#F5F5F4;--panel:#FFF;--raised:#FAFAF9;--line:#E4E4E1;--text:#1B1C1E;
--dim:#55585E;--faint:#686B72;--run:#3B76EA;--wait:#96580A;--wait-f:#C98213;--wait-b:#FDF2DF;--ok-f:#35A368;
--err:#C0303A;--err-f:#DD4A53;--shadow:#62656C;--hatch:#E2E2DF;--track:#EDEFF3}
@media(prefers-color-scheme:dark){:root{--ground:#0F1012;--panel:#16171A;--raised:#1C1D21;--line:#292B30;
--text:#ECEDEF;--dim:#A9ADB6;--faint:#8C919B;--run:#5B8BF7;--wait:#F0B357;--wait-f:#E5A03C;--wait-b:#332711;
--ok-f:#45B27A;--err:#FF8088;--err-f:#E85D66;--shadow:#A3A7B0;--hatch:#2B2D33;--track:#25282F}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--text);-webkit-font-smoothing:antialiased;
font:400 13px/20px Inter,"Inter Variable",system-ui,-apple-system,"Segoe UI",Roboto,
"Helvetica Neue",sans-serif}
main{max-width:1040px;margin:0 auto;padding:40px 24px 64px}
h1{font-size:28px;line-height:36px;font-weight:600;letter-spacing:-.02em;margin:0;overflow-wrap:anywhere}
h2{font-size:14px;line-height:20px;font-weight:600;margin:0}
p{margin:0}.dim{color:var(--dim)}.faint{color:var(--faint)}
.mono,td.n,th.n{font-family:"JetBrains Mono",ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;
font-size:12px;font-variant-ligatures:none}
.banner{margin-top:24px;padding:8px;border-radius:8px;
background:repeating-linear-gradient(135deg,var(--hatch) 0 5px,transparent 5px 12px)}
.banner p{background:var(--panel);border-radius:6px;padding:8px 16px}
.banner b{font-weight:600;letter-spacing:.04em;margin-right:12px}
.tiles{display:grid;grid-template-columns:repeat(4,1fr);gap:16px;margin-top:16px}
.card{background:var(--panel);border:1px solid var(--line);border-radius:8px;padding:20px 24px;min-width:0}
.tile .label{font-size:12px;line-height:16px;color:var(--dim)}
.tile .value{font-size:32px;line-height:40px;font-weight:600;letter-spacing:-.02em;margin-top:8px;
font-feature-settings:"tnum"}
.tile .mono{color:var(--dim);margin-top:4px;line-height:16px}
.pill{display:inline-block;font-size:11px;line-height:20px;font-weight:600;border-radius:10px;padding:0 8px;
color:var(--wait);background:var(--wait-b);margin-top:8px}
.two{display:grid;grid-template-columns:1fr 1fr;gap:16px;margin-top:16px}.wide{margin-top:16px}
.head{display:flex;justify-content:space-between;align-items:baseline;gap:16px;margin-bottom:16px}
.nw,.head h2{white-space:nowrap}
.head span{font-size:12px;color:var(--dim);text-align:right}
table{width:100%;border-collapse:collapse}
th{font-size:11px;line-height:16px;font-weight:500;color:var(--faint);text-align:left;padding:0 12px 8px 0}
td{padding:6px 12px 6px 0;border-top:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}
td.n,th.n{text-align:right;white-space:nowrap;overflow-wrap:normal}tr>:last-child{padding-right:0}
th.n{font-family:inherit;font-size:11px}
td p{margin-top:2px;color:var(--dim);font-size:12px;line-height:16px}
.scroll{overflow-x:auto}
.bar{display:flex;height:8px;border-radius:4px;overflow:hidden;background:var(--track);gap:2px}
.bar i{display:block;height:8px}
.legend{display:grid;grid-template-columns:repeat(auto-fit,minmax(140px,1fr));gap:8px 24px;margin-top:16px}
.legend i{display:inline-block;width:8px;height:8px;border-radius:4px;margin-right:8px}
.legend b{font-weight:600;float:right}
svg{display:block;width:100%;height:auto}svg text{font:11px Inter,system-ui,sans-serif;fill:var(--faint)}
svg .t{fill:var(--text);font-size:12px}
svg .m{font-family:"JetBrains Mono",ui-monospace,monospace;fill:var(--dim)}
footer{margin-top:24px;font-size:12px;color:var(--dim)}footer p+p{margin-top:4px}
@media(max-width:760px){.tiles{grid-template-columns:1fr 1fr}.two{grid-template-columns:1fr}
main{padding:24px 16px}.head{display:block}.head span{display:block;text-align:left}}
@media print{body{background:#fff}.card{break-inside:avoid}}
"""
