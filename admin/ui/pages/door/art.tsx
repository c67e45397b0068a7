/** The door of the sign-in: shut, and ajar for whoever gave the password. */
export function DoorArt({ ajar }: { ajar?: boolean }) {
  return <div class="art">{ajar ? <Ajar /> : <Closed />}</div>
}

function Closed() {
  return (
    <svg viewBox="0 0 400 600" aria-hidden="true" fill="none" stroke="var(--edge)" stroke-width="1">
      <path d="M56 600V190a144 144 0 0 1 288 0v410" />
      <path d="M76 600V190a124 124 0 0 1 248 0v410" stroke="var(--livery)" stroke-width="2" />
      <path d="M76 190h248M164 190a36 36 0 0 1 72 0M231.2 172.0L307.4 128.0M218.0 158.8L262.0 82.6M200.0 154.0L200.0 66.0M182.0 158.8L138.0 82.6M168.8 172.0L92.6 128.0" />
      <path d="M200 190v410" stroke="var(--livery)" />
      <rect x="90" y="206" width="96" height="200" />
      <rect x="104" y="220" width="68" height="172" />
      <path d="M138.0 206v14M138.0 392v14M90 256.0h14M172 256.0h14M90 306.0h14M172 306.0h14M90 356.0h14M172 356.0h14" />
      <rect x="118" y="234" width="40" height="144" />
      <path d="M138.0 220v14M138.0 378v14M104 306.0h14M158 306.0h14" />
      <rect x="90" y="426" width="96" height="160" />
      <rect x="104" y="440" width="68" height="132" />
      <rect x="214" y="206" width="96" height="200" />
      <rect x="228" y="220" width="68" height="172" />
      <path d="M262.0 206v14M262.0 392v14M214 256.0h14M296 256.0h14M214 306.0h14M296 306.0h14M214 356.0h14M296 356.0h14" />
      <rect x="242" y="234" width="40" height="144" />
      <path d="M262.0 220v14M262.0 378v14M228 306.0h14M282 306.0h14" />
      <rect x="214" y="426" width="96" height="160" />
      <rect x="228" y="440" width="68" height="132" />
      <g stroke="var(--brass)" stroke-width="2">
        <circle cx="192" cy="422" r="5" />
        <circle cx="208" cy="422" r="5" />
      </g>
      <circle cx="192" cy="416" r="3" fill="var(--brass)" stroke="none" />
      <circle cx="208" cy="416" r="3" fill="var(--brass)" stroke="none" />
      <path d="M40 600h320v-8H40z" fill="var(--paper)" />
    </svg>
  )
}

function Ajar() {
  return (
    <svg viewBox="0 0 400 600" aria-hidden="true" fill="none" stroke="var(--edge)" stroke-width="1">
      <path d="M201 190h61v410h-61z" fill="var(--gold-2)" stroke="none" />
      <path d="M201 600h61l34 56H150z" fill="var(--gold-1)" stroke="none" />
      <path d="M56 600V190a144 144 0 0 1 288 0v410" />
      <path d="M76 600V190a124 124 0 0 1 248 0v410" stroke="var(--livery)" stroke-width="2" />
      <path d="M76 190h248M164 190a36 36 0 0 1 72 0M231.2 172.0L307.4 128.0M218.0 158.8L262.0 82.6M200.0 154.0L200.0 66.0M182.0 158.8L138.0 82.6M168.8 172.0L92.6 128.0" />
      <path d="M200 190v410" stroke="var(--livery)" />
      <rect x="90" y="206" width="96" height="200" />
      <rect x="104" y="220" width="68" height="172" />
      <path d="M138.0 206v14M138.0 392v14M90 256.0h14M172 256.0h14M90 306.0h14M172 306.0h14M90 356.0h14M172 356.0h14" />
      <rect x="118" y="234" width="40" height="144" />
      <path d="M138.0 220v14M138.0 378v14M104 306.0h14M158 306.0h14" />
      <rect x="90" y="426" width="96" height="160" />
      <rect x="104" y="440" width="68" height="132" />
      <path
        d="M324.0 190.0L262.0 204.7L262.0 586.0L324.0 600.0z"
        fill="var(--paper)"
        stroke="var(--livery)"
      />
      <path d="M317.2 207.5L268.8 218.1L268.8 405.6L317.2 406.0zM310.4 222.8L275.6 229.8L275.6 392.4L310.4 392.1zM301.7 238.2L284.3 241.4L284.3 379.0L301.7 378.6zM317.2 425.8L268.8 424.4L268.8 574.4L317.2 584.6zM310.4 439.4L275.6 437.8L275.6 562.6L310.4 569.4z" />
      <circle cx="269" cy="408" r="3" fill="var(--brass)" stroke="none" />
      <circle cx="192" cy="422" r="5" stroke="var(--brass)" stroke-width="2" />
      <circle cx="192" cy="416" r="3" fill="var(--brass)" stroke="none" />
      <path d="M40 600h161v-8H40zM262 600h98v-8h-98z" fill="var(--paper)" />
    </svg>
  )
}
